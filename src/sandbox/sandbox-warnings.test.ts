import { expect, test } from 'vitest';
import { type SandboxFacts, sandboxWarnings } from './sandbox-warnings.ts';

const FINE: SandboxFacts = {
  isWanted: true,
  requireRuntime: true,
  isRoot: false,
  status: { place: 'bubblewrap', tried: [] },
  mountAllowlist: { path: '/home/me/list.txt', exists: true },
};
const NOTHING_WORKS = {
  place: 'refused',
  tried: [
    { name: 'docker', availability: { kind: 'unavailable', reason: 'not_installed', detail: 'not on PATH' } },
  ],
} as const;

function told(facts: Partial<SandboxFacts>): readonly string[] {
  return sandboxWarnings({ ...FINE, ...facts }).map(({ code, severity }) => `${severity} ${code}`);
}

test('a sandbox that works is fine, and so is one that is not wanted or not known yet', () => {
  expect(told({})).toEqual([]);
  expect(told({ isWanted: false, status: NOTHING_WORKS })).toEqual([]);
  expect(told({ status: undefined })).toEqual([]);
});

test('a missing runtime is high when commands are refused, medium when they run on the host', () => {
  expect(told({ status: NOTHING_WORKS })).toEqual(['high sandbox_runtime_unavailable']);
  const fallback = { ...NOTHING_WORKS, place: 'host' } as const;
  expect(told({ status: fallback, requireRuntime: false })).toEqual(['medium sandbox_runtime_unavailable']);
});

test('root is told that bubblewrap cannot limit its processes; containers can', () => {
  expect(told({ isRoot: true })).toEqual(['medium sandbox_no_process_limit']);
  expect(told({ isRoot: true, isWanted: false })).toEqual([]);
  expect(told({ isRoot: true, status: { place: 'podman', tried: [] } })).toEqual([]);
});

test('a mount allowlist that is absent is named', () => {
  const [warning] = sandboxWarnings({
    ...FINE,
    mountAllowlist: { path: '/home/me/list.txt', exists: false },
  });
  expect(warning).toMatchObject({ code: 'sandbox_mount_allowlist_missing', severity: 'medium' });
  expect(warning?.message).toContain('/home/me/list.txt');
});
