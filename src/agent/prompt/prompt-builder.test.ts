import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatRef } from '../../core/chat.ts';
import { silentLogger } from '../../observability/logger.ts';
import { CachedFiles } from './cached-file.ts';
import {
  type FileSectionOptions,
  identitySection,
  projectContextSection,
  userModelSection,
} from './file-sections.ts';
import { PromptBuilder } from './prompt-builder.ts';
import type { PromptSection } from './prompt-section.ts';
import { chatSection, dateSection, workingRulesSection } from './static-sections.ts';

const chat: ChatRef = { chatId: 7, channel: 'web', externalId: 'main', kind: 'private' };
const DAY_MS = 86_400_000;

function section(
  name: string,
  placement: PromptSection['placement'],
  text: string | undefined,
): PromptSection {
  return { name, placement, render: async () => text };
}

const build = (sections: readonly PromptSection[], nowMs = 0) =>
  new PromptBuilder(sections, silentLogger).build({ chat, nowMs, isPlanning: false });

describe('PromptBuilder', () => {
  it('puts every stable section in front of every changing one and keeps their order', async () => {
    const sections = [
      section('1', 'stable', 'S1'),
      section('2', 'changing', 'C1'),
      section('3', 'stable', 'S2'),
      section('4', 'changing', 'C2'),
    ];
    expect(await build(sections)).toEqual([
      { text: 'S1\n\nS2', stable: true },
      { text: 'C1\n\nC2', stable: false },
    ]);
  });

  it('leaves out empty sections and empty parts', async () => {
    const sections = [
      section('1', 'stable', 'S'),
      section('2', 'stable', undefined),
      section('3', 'changing', ''),
    ];
    expect(await build(sections)).toEqual([{ text: 'S', stable: true }]);
  });

  it('leaves out a section that fails, whether it throws or rejects', async () => {
    const failing: PromptSection[] = [
      { name: 'rejects', placement: 'stable', render: () => Promise.reject(new Error('x')) },
      {
        name: 'throws',
        placement: 'changing',
        render: () => {
          throw new Error('x');
        },
      },
    ];
    expect(await build([...failing, section('ok', 'stable', 'S')])).toEqual([{ text: 'S', stable: true }]);
  });
});

describe('the sections of the runtime', () => {
  let directory: string;
  let options: FileSectionOptions;
  let sections: PromptSection[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'microclaw-prompt-'));
    options = {
      chatDir: (ref) => join(directory, String(ref.chatId)),
      soulPaths: (ref) => [join(directory, String(ref.chatId), 'SOUL.md'), join(directory, 'SOUL.md')],
      botName: 'Claw',
      contextDir: join(directory, 'context'),
      contextMaxChars: 60,
      userModelMaxChars: 5,
    };
    const files = new CachedFiles({ freshMs: 0 });
    sections = [
      identitySection(options, files),
      workingRulesSection(),
      chatSection(),
      userModelSection(options, files),
      projectContextSection(options, files),
      dateSection(() => 'Europe/Berlin'),
    ];
    await mkdir(join(directory, 'context'));
    await mkdir(join(directory, '7', 'context'), { recursive: true });
  });
  afterEach(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  const stable = async (nowMs: number) =>
    (await build(sections, nowMs)).find((part) => part.stable)?.text ?? '';

  it('give the same stable bytes at any time, on any day', async () => {
    await writeFile(join(directory, 'context', 'b.md'), 'B');
    const first = await stable(0);
    for (const nowMs of [1, 3_600_000, DAY_MS, 400 * DAY_MS]) expect(await stable(nowMs)).toBe(first);
  });

  it('tell the date of the configured zone without the time', async () => {
    const date = async (nowMs: number) => (await build(sections, nowMs)).at(-1)?.text;
    const evening = Date.parse('2026-03-01T22:59:59Z');
    expect(await date(evening)).toMatch(
      /^Today is Sunday, 2026-03-01 \(configured_timezone: Europe\/Berlin\)/,
    );
    expect(await date(evening - 3_600_000)).toBe(await date(evening));
    expect(await date(evening + 1000)).toContain('Monday, 2026-03-02');
  });

  it('take the most specific SOUL that has text', async () => {
    expect(await stable(0)).toMatch(/^You are Claw, /);
    await writeFile(join(directory, 'SOUL.md'), 'a pirate');
    expect(await stable(0)).toMatch(/^<soul>\na pirate\n<\/soul>\nYour name is Claw\./);
    await writeFile(join(directory, '7', 'SOUL.md'), 'a poet');
    expect(await stable(0)).toMatch(/^<soul>\na poet\n/);
    await writeFile(join(directory, '7', 'SOUL.md'), '  \n');
    expect(await stable(0)).toMatch(/^<soul>\na pirate\n/);
  });

  it('put shared context before the chat’s own, by name, cut to its limit', async () => {
    await writeFile(join(directory, 'context', 'b.md'), 'shared B');
    await writeFile(join(directory, 'context', 'a.md'), 'shared A');
    await writeFile(join(directory, '7', 'context', '0.md'), 'own '.repeat(50));
    const text = await stable(0);
    const context = /<project_context>\n([\s\S]*)\n<\/project_context>/.exec(text)?.[1] ?? '';
    expect(context).toMatch(/^## a\.md\nshared A\n\n## b\.md\nshared B\n\n## 0\.md\nown /);
    expect(context).toHaveLength(60);
  });

  it('cut the user model and leave it out at a limit of 0', async () => {
    await writeFile(join(directory, '7', 'USER.md'), 'likes tea');
    expect(await stable(0)).toContain('<user_model>\nlikes\n</user_model>');
    const off = { ...options, userModelMaxChars: 0, contextMaxChars: 0 };
    const files = new CachedFiles();
    expect(await build([userModelSection(off, files), projectContextSection(off, files)])).toEqual([]);
  });
});
