import { expect, test } from 'vitest';
import { systemIds, timedUuid } from './ids.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-([47])[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('ids are UUIDs of version 4, or of version 7 for rows, and all different', () => {
  expect(UUID.exec(systemIds.uuid())?.[1]).toBe('4');
  expect(UUID.exec(systemIds.rowId())?.[1]).toBe('7');
  expect(new Set(Array.from({ length: 1000 }, () => systemIds.rowId())).size).toBe(1000);
});

test('the id of a row begins with its time, as the example of RFC 9562 does', () => {
  // Appendix A.6: Tuesday, February 22, 2022 2:22:22.00 PM GMT-05:00
  expect(timedUuid(1_645_557_742_000, '00000000-0000-4cc3-98c4-dc0c0c07398f')).toBe(
    '017f22e2-79b0-7cc3-98c4-dc0c0c07398f',
  );
});

test('ids of later rows sort after those of earlier ones', () => {
  const random = 'ffffffff-ffff-4fff-bfff-ffffffffffff';
  expect(timedUuid(1_000, random) < timedUuid(1_001, '00000000-0000-4000-8000-000000000000')).toBe(true);
});
