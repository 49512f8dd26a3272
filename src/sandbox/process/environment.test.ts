import { expect, test } from 'vitest';
import { commandEnvironment } from './environment.ts';

test('only allowlisted names of the program’s environment are passed on', () => {
  const environment = commandEnvironment({
    source: {
      PATH: '/bin',
      HOME: '/home/u',
      LANG: 'C.UTF-8',
      LC_ALL: 'C',
      TERM: 'xterm',
      TZ: 'UTC',
      USER: 'u',
      TMPDIR: '/var/tmp',
      ANTHROPIC_API_KEY: 'k',
      MICROCLAW_CONFIG: 'c',
      LD_PRELOAD: 'x.so',
      NODE_OPTIONS: '--inspect',
      path: '/lower',
    },
    tmpDir: '/chat/tmp',
    extra: { SKILL_KEY: 's' },
  });
  expect(environment).toEqual({
    PATH: '/bin',
    HOME: '/home/u',
    LANG: 'C.UTF-8',
    LC_ALL: 'C',
    TERM: 'xterm',
    TZ: 'UTC',
    USER: 'u',
    TMPDIR: '/chat/tmp',
    SKILL_KEY: 's',
  });
});

test('a missing PATH has a fallback', () => {
  expect(commandEnvironment({ source: {}, tmpDir: '/t' }).PATH).toContain('/usr/bin');
});
