import { describe, expect, it } from 'vitest';
import { suggestCommands } from './slash-commands.ts';

const names = (text: string) => suggestCommands(text).map((command) => command.name);

describe('suggestCommands', () => {
  it('offers every command after a slash and fewer with each letter', () => {
    expect(names('/')).toContain('/help');
    expect(names('/st')).toEqual(['/status', '/stop']);
    expect(names('/STA')).toEqual(['/status']);
  });

  it('offers nothing once a command is complete, has an argument, or the text is none', () => {
    expect(names('/stop')).toEqual([]);
    expect(names('/model gpt')).toEqual([]);
    expect(names('see /stop')).toEqual([]);
    expect(names('/nothing')).toEqual([]);
  });
});
