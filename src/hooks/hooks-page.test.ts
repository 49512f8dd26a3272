/** What `docs/hooks.md` shows is what the program understands. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parseHookAnswer } from './hook-answer.ts';
import { HOOK_EVENTS, parseHookFile } from './hook-definition.ts';

const page = await readFile(resolve(import.meta.dirname, '../../docs/hooks.md'), 'utf8');

function blockOf(language: string): string {
  return new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(page)?.[1] ?? '';
}

test('the HOOK.md of the page is a hook', async () => {
  expect(await parseHookFile(blockOf('yaml'), '/hooks/x')).toMatchObject({
    kind: 'hook',
    hook: { name: 'no-deletes', tools: ['bash'], failMode: 'closed' },
  });
});

test('the answers of the page are answers', () => {
  const answers = blockOf('json').trim().split('\n').map(parseHookAnswer);
  expect(answers.map((answer) => answer?.kind)).toEqual(['allow', 'block', 'modify']);
});

test('the page describes every event', () => {
  for (const event of HOOK_EVENTS) expect(page).toContain(`| \`${event}\` |`);
});
