import { describe, expect, it } from 'vitest';
import { MicroclawError } from '../core/errors.ts';
import { createLogger } from './create-logger.ts';
import { levelFor, logFilterFromEnvironment, parseLogFilter } from './log-filter.ts';

function capture(filter: string, format: 'text' | 'json' = 'json', redact?: (line: string) => string) {
  const lines: string[] = [];
  const sink = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ filter, format, sink, ...(redact && { redact }) });
  return { logger, lines, entries: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('createLogger', () => {
  it('writes one JSON line with level, time, fields and message', () => {
    const { logger, entries } = capture('info');
    logger.info({ port: 1 }, 'listening');
    expect(entries()).toEqual([
      { level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), port: 1, msg: 'listening' },
    ]);
  });

  it('drops lines below the level', () => {
    const { logger, lines } = capture('warn');
    logger.info({}, 'quiet');
    logger.warn({}, 'loud');
    expect(lines).toHaveLength(1);
  });

  it('applies the level of a target to the lines of that child only', () => {
    const { logger, entries } = capture('error,llm=debug');
    logger.child({ target: 'llm' }).debug({}, 'seen');
    logger.child({ target: 'llm' }).child({ runId: 'r' }).debug({}, 'seen too');
    logger.child({ target: 'agent' }).debug({}, 'unseen');
    expect(entries().map((entry) => entry.msg)).toEqual(['seen', 'seen too']);
    expect(entries()[1]).toMatchObject({ target: 'llm', runId: 'r' });
  });

  it('keeps the stack of an error', () => {
    const { logger, entries } = capture('info');
    logger.error({ err: new TypeError('bad') }, 'failed');
    expect(entries()[0]?.err).toMatchObject({ type: 'TypeError', message: 'bad', stack: expect.any(String) });
  });

  it('tells an expected failure by its words and what to do, without its stack unless asked', () => {
    const refused = new MicroclawError('MC_X_Y', 'transient', 'not reached', {
      hint: 'Check the network.',
      cause: new Error('Connection error.', { cause: new Error('connect ECONNREFUSED') }),
    });
    const { logger, entries } = capture('info');
    logger.warn({ err: refused }, 'attempt failed');
    const { err } = entries()[0] ?? {};
    expect(err).toEqual({
      message: 'not reached: Connection error.: connect ECONNREFUSED',
      code: 'MC_X_Y',
      kind: 'transient',
      hint: 'Check the network.',
    });
    const terminal = capture('info', 'text');
    terminal.logger.warn({ attempt: 1, err: refused }, 'attempt failed');
    expect(terminal.lines[0]).toMatch(
      /WARN {2}attempt failed attempt=1: not reached: Connection error\.: connect ECONNREFUSED\n {2}hint: Check the network\. \(MC_X_Y\)\n$/,
    );
    const debugging = capture('debug');
    debugging.logger.warn({ err: refused }, 'attempt failed');
    expect(debugging.entries()[0]?.err).toMatchObject({ stack: expect.any(String) });
  });

  it('masks credential fields by name and secrets by value', () => {
    const { logger, lines } = capture('info', 'json', (line) => line.replaceAll('hunter22', '[REDACTED:x]'));
    logger.info({ apiKey: 'k1', headers: { authorization: 'k2' }, note: 'my hunter22' }, 'call');
    expect(lines[0]).not.toMatch(/k1|k2|hunter22/);
  });

  it('is silent when switched off', () => {
    const { logger, lines } = capture('off');
    logger.error({}, 'x');
    expect(lines).toEqual([]);
  });

  it('names unreadable parts of the filter instead of failing', () => {
    const { entries } = capture('info,llm=loud');
    expect(entries()[0]).toMatchObject({ level: 'warn', ignored: ['llm=loud'] });
  });

  it('prints readable text for a terminal', () => {
    const { logger, lines } = capture('info', 'text');
    logger.child({ target: 'http' }).warn({ port: 1, path: '/a b', err: new Error('boom') }, 'refused');
    expect(lines[0]).toMatch(/^\S+Z WARN {2}\[http\] refused port=1 path="\/a b"\n {2}Error: boom\n/);
  });
});

describe('log filter', () => {
  it.each([
    ['', undefined, 'info'],
    ['DEBUG', 'llm', 'debug'],
    ['warn,llm=debug', 'llm.retry', 'debug'],
    ['warn,llm=debug', 'llmx', 'warn'],
    ['warn,llm=debug,llm.retry=error', 'llm.retry', 'error'],
    ['microclaw=debug', 'http', 'debug'],
    ['info,microclaw::agent=trace', 'agent', 'trace'],
    ['off', undefined, 'off'],
  ])('%j gives target %j level %s', (text, target, level) => {
    expect(levelFor(parseLogFilter(text), target)).toBe(level);
  });

  it('prefers MICROCLAW_LOG to RUST_LOG and ignores blank values', () => {
    expect(logFilterFromEnvironment({ MICROCLAW_LOG: 'warn', RUST_LOG: 'debug' })).toBe('warn');
    expect(logFilterFromEnvironment({ MICROCLAW_LOG: ' ', RUST_LOG: 'debug' })).toBe('debug');
    expect(logFilterFromEnvironment({})).toBeUndefined();
  });
});
