import { describe, expect, it } from 'vitest';
import { findCommands, type PaletteCommand } from './palette-commands.ts';

const commands = ['New chat', 'Switch between dark and light', 'Sign out', 'Trip to Chatham'].map(
  (title): PaletteCommand => ({ id: title, title, group: 'Actions', run: () => undefined }),
);

const found = (search: string) => findCommands(commands, search).map((command) => command.title);

describe('findCommands', () => {
  it('offers everything, in order, before something is typed', () => {
    expect(found('')).toEqual(commands.map((command) => command.title));
  });

  it('prefers the beginning of a word to its middle and letters in order to nothing', () => {
    expect(found('out')).toEqual(['Sign out']);
    expect(found('sgo')).toEqual(['Sign out']);
    expect(found('chat')).toEqual(['New chat', 'Trip to Chatham', 'Switch between dark and light']);
    expect(found('li')).toEqual(['Switch between dark and light']);
  });

  it('wants every word, in any order and case', () => {
    expect(found('LIGHT dark')).toEqual(['Switch between dark and light']);
    expect(found('chat zebra')).toEqual([]);
  });
});
