/** What the machine brings: platform, Node.js, its SQLite, a shell. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { DoctorCheck, DoctorFacts } from './check.ts';

const MINIMUM_NODE = [24, 16] as const;

/** Platform, Node.js version, SQLite and shell. */
export async function platformChecks({ context }: DoctorFacts): Promise<readonly DoctorCheck[]> {
  return [platform(), nodeVersion(), await sqlite(), shell(context.env)];
}

function platform(): DoctorCheck {
  return {
    id: 'env.platform',
    title: 'Platform',
    status: 'pass',
    detail: `${process.platform} ${process.arch}`,
  };
}

function nodeVersion(): DoctorCheck {
  const check = { id: 'env.node', title: 'Node.js', detail: process.versions.node };
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [minMajor, minMinor] = MINIMUM_NODE;
  if (major > minMajor || (major === minMajor && minor >= minMinor)) return { ...check, status: 'pass' };
  return { ...check, status: 'fail', fix: `install Node.js ${MINIMUM_NODE.join('.')} or newer` };
}

async function sqlite(): Promise<DoctorCheck> {
  const check = { id: 'env.sqlite', title: 'SQLite' };
  try {
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(':memory:');
    const row = database.prepare('select sqlite_version() as version').get();
    database.close();
    return { ...check, status: 'pass', detail: String(row?.version) };
  } catch (error) {
    const detail = `node:sqlite does not work: ${String(error)}`;
    return { ...check, status: 'fail', detail, fix: 'use an official build of Node.js' };
  }
}

function shell(env: DoctorFacts['context']['env']): DoctorCheck {
  const check = { id: 'shell.runtime', title: 'Shell' };
  const found = ['bash', 'sh'].map((name) => findProgram(name, env.PATH)).find((path) => path !== undefined);
  if (found !== undefined) return { ...check, status: 'pass', detail: found };
  return { ...check, status: 'fail', detail: 'neither bash nor sh is on PATH', fix: 'install bash' };
}

/** Absolute path of a program; an absolute `name` is taken as it is. */
export function findProgram(name: string, path: string | undefined): string | undefined {
  const candidates = name.includes('/')
    ? [name]
    : (path ?? '').split(delimiter).map((directory) => join(directory, name));
  return candidates.find((candidate) => existsSync(candidate));
}
