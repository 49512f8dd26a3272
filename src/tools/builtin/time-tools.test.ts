import { describe, expect, it } from 'vitest';
import type { Tool, ToolContext } from '../tool.ts';
import { createCalculateTool } from './calculate.ts';
import { createCompareTimeTool } from './compare-time.ts';
import { createGetCurrentTimeTool } from './get-current-time.ts';

const clock = { now: () => Date.parse('2026-07-01T12:00:00.250Z') };
const now = createGetCurrentTimeTool({ timezone: () => 'Europe/Berlin', clock });
const compare = createCompareTimeTool({ timezone: () => 'Europe/Berlin' });
const run = (tool: Tool, input: object) => tool.run(tool.input.parse(input), {} as ToolContext);

describe('get_current_time', () => {
  it('answers in the configured zone', async () => {
    expect((await run(now, {})).content.split('\n')).toEqual([
      'timezone: Europe/Berlin',
      'local_time: 2026-07-01T14:00:00.250+02:00',
      'utc_time: 2026-07-01T12:00:00.250Z',
      'unix_seconds: 1782907200',
      'unix_millis: 1782907200250',
    ]);
  });

  it('answers in another zone and refuses one that does not exist', async () => {
    expect((await run(now, { timezone: 'asia/tokyo' })).content).toContain('local_time: 2026-07-01T21:00');
    expect(await run(now, { timezone: 'Nowhere' })).toMatchObject({
      isError: true,
      content: expect.stringContaining('Invalid timezone: Nowhere'),
    });
  });
});

describe('compare_time', () => {
  it('tells the order and the distance', async () => {
    const input = { left: '2026-01-01T00:00:00Z', right: '2026-01-01T01:02:03Z' };
    expect((await run(compare, input)).content.split('\n')).toEqual([
      'timezone_for_naive_input: Europe/Berlin',
      'left_utc: 2026-01-01T00:00:00.000Z',
      'right_utc: 2026-01-01T01:02:03.000Z',
      'relation: left_is_earlier',
      'delta_seconds_right_minus_left: 3723',
      'delta_hms_abs: 01:02:03',
    ]);
  });

  it('counts the hour that daylight saving removes', async () => {
    const { content } = await run(compare, { left: '2026-03-29 04:00', right: '2026-03-29 00:00' });
    expect(content).toContain('relation: left_is_later');
    expect(content).toContain('delta_seconds_right_minus_left: -10800');
  });

  it('knows equal times in different zones and distances of many days', async () => {
    const equal = { left: '2026-01-01T12:00:00+01:00', right: '2026-01-01 11:00', timezone: 'UTC' };
    expect((await run(compare, equal)).content).toContain('relation: equal');
    const far = { left: '2026-01-01', right: '2026-01-11', timezone: 'UTC' };
    expect((await run(compare, far)).content).toContain('delta_hms_abs: 240:00:00');
  });

  it.each([
    [{ left: 'x', right: '2026-01-01' }, 'Invalid left'],
    [{ left: '2026-01-01', right: '2026-10-25 02:30' }, 'Invalid right'],
    [{ left: '2026-01-01', right: '2026-01-01', timezone: 'Nope' }, 'Invalid timezone: Nope'],
  ])('refuses %j', async (input, text) => {
    expect(await run(compare, input)).toMatchObject({
      isError: true,
      content: expect.stringContaining(text),
    });
  });
});

describe('calculate', () => {
  it('answers with the number, or with the reason', async () => {
    expect(await run(createCalculateTool(), { expression: '(2+3)*4-1' })).toEqual({ content: '19' });
    expect(await run(createCalculateTool(), { expression: '1/0' })).toMatchObject({
      isError: true,
      content: 'Invalid expression: Division by zero',
    });
  });
});
