import { expect, it } from 'vitest';
import { filterSections, type SettingSection, withBlocks } from './settings-filter.ts';

function sectionOf(title: string, settings: Readonly<Record<string, string>>): SettingSection {
  return {
    title,
    introduction: '',
    blocks: [],
    settings: Object.entries(settings).map(([key, description]) => ({
      key,
      description,
      kind: 'text',
      default: null,
      default_text: null,
      values: [],
      is_integer: false,
      live: true,
      min: null,
      max: null,
      schema: null,
      entries: null,
    })),
  };
}

const SECTIONS = [
  sectionOf('Web', { web_port: 'Port to listen on.', web_host: 'Address.' }),
  sectionOf('Sandbox', { 'sandbox.no_network': 'Commands reach no network.' }),
];

function keysShown(search: string, written?: readonly string[]): readonly string[] {
  const filter = { search, isOnlyWritten: written !== undefined };
  const shown = filterSections(SECTIONS, filter, (key) => written?.includes(key) ?? false);
  return shown.flatMap(({ settings }) => settings.map(({ key }) => key));
}

it('shows what has every word in its name, meaning or section', () => {
  expect(keysShown('')).toHaveLength(3);
  expect(keysShown('LISTEN port')).toEqual(['web_port']);
  expect(keysShown('sandbox no network')).toEqual(['sandbox.no_network']);
  expect(keysShown('sandbox.no_network')).toEqual(['sandbox.no_network']);
  expect(keysShown('nothing of it')).toEqual([]);
});

it('always shows what a link points at', () => {
  const filter = { search: 'port', isOnlyWritten: true, pinned: 'web_host' };
  const shown = filterSections(SECTIONS, filter, () => false);
  expect(shown.flatMap(({ settings }) => settings.map(({ key }) => key))).toEqual(['web_host']);
});

it('shows only what the file sets when that is asked for', () => {
  expect(keysShown('', ['web_host'])).toEqual(['web_host']);
  expect(keysShown('port', ['web_host'])).toEqual([]);
});

it('puts a heading before the first setting of a block', () => {
  const { settings } = sectionOf('Web', { port: '', 'a.x': '', 'a.b.y': '', 'a.b.z': '', last: '' });
  const [a, b] = [
    { key: 'a', description: 'A' },
    { key: 'a.b', description: 'B' },
  ];
  expect(withBlocks([a, b], settings).map(({ block }) => block?.key ?? null)).toEqual([
    null,
    'a',
    'a.b',
    null,
    null,
  ]);
});
