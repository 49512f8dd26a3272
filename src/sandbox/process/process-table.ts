/**
 * Looks at the running processes through `/proc`. On systems without it every question is answered by `undefined`,
 * and callers rely on process groups alone.
 */
import { readdir, readFile } from 'node:fs/promises';

/** Ids of the group's members that still run; a zombie does not. */
export async function livingMembers(groupId: number): Promise<readonly number[] | undefined> {
  return filterProcesses(0, async (processId) => {
    const stat = parseStat(await readFile(`/proc/${processId}/stat`, 'latin1'));
    return stat.groupId === groupId && stat.state !== 'Z' && stat.state !== 'X';
  });
}

/**
 * Ids of the processes that were started with `variable` (`NAME=value`) in their environment. Only processes begun
 * after process `afterId` are looked at, which keeps the search to a handful.
 */
export async function processesWithVariable(
  variable: string,
  afterId: number,
): Promise<readonly number[] | undefined> {
  return filterProcesses(afterId, async (processId) => {
    const environment = await readFile(`/proc/${processId}/environ`, 'latin1');
    return environment.split('\0').includes(variable);
  });
}

async function filterProcesses(
  afterId: number,
  test: (processId: number) => Promise<boolean>,
): Promise<readonly number[] | undefined> {
  const ids = await processIds();
  if (ids === undefined) return undefined;
  const matching: number[] = [];
  for (const processId of ids) {
    if (processId > afterId && (await testProcess(processId, test))) matching.push(processId);
  }
  return matching;
}

async function testProcess(processId: number, test: (id: number) => Promise<boolean>): Promise<boolean> {
  try {
    return await test(processId);
  } catch {
    return false; // it ended meanwhile, or belongs to another user
  }
}

async function processIds(): Promise<readonly number[] | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    return (await readdir('/proc')).map(Number).filter(Number.isSafeInteger);
  } catch {
    return undefined; // no /proc in this container
  }
}

/** State and group from a `stat` line; the command's name, in parentheses, may contain anything. */
function parseStat(line: string): { readonly state: string; readonly groupId: number } {
  const [state = '', , group = ''] = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return { state, groupId: Number(group) };
}
