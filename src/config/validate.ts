/**
 * Checks plain values against the schema and says what is wrong in words.
 *
 * Invariants: an unknown key or an empty one (`key:`) never keeps the program from starting; a wrong type or value
 * always does; no message contains the value of a credential.
 */
import type { z } from 'zod';
import { isRecord } from '../core/json.ts';
import { type Config, configSchema } from './config.ts';
import { type ConfigPath, formatPath } from './config-problem.ts';
import { describeIssue } from './describe-issue.ts';
import { classifyUnrecognised, notBuiltKeys } from './not-built-keys.ts';
import { keysAt } from './schema-walk.ts';
import { suggestion } from './suggest.ts';

/** A finding that still has to be placed in the file. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly path: ConfigPath;
  /** Whether the key or its value is at fault. */
  readonly part: 'key' | 'value';
  readonly message: string;
}

export interface Validation {
  /** Absent when there is an error. */
  readonly config?: Config;
  readonly findings: readonly Finding[];
}

/** Removing a key can bring up the issues of what stands behind it; more rounds than levels are never needed. */
const MAX_ROUNDS = 8;

/** Validates the root of a file. */
export function validateConfig(root: unknown): Validation {
  if (!isRecord(root)) {
    const message = 'Config root must be a YAML mapping (key: value pairs).';
    return { findings: [{ severity: 'error', path: [], part: 'value', message }] };
  }
  const remaining = structuredClone(root);
  const findings: Finding[] = [];
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const result = configSchema.safeParse(remaining);
    if (result.success) {
      return findings.some(isError) ? { findings } : { config: result.data, findings };
    }
    const { removed, findings: found } = removeSkippable(remaining, result.error.issues);
    findings.push(...found);
    if (removed > 0) continue;
    findings.push(...result.error.issues.map((issue) => issueFinding(issue, remaining)));
    break;
  }
  return { findings };
}

function isError(finding: Finding): boolean {
  return finding.severity === 'error';
}

/** Takes unknown and empty keys out of `root`. */
function removeSkippable(root: Record<string, unknown>, issues: readonly z.core.$ZodIssue[]) {
  const findings: Finding[] = [];
  let removed = 0;
  for (const issue of issues) {
    const path = plainPath(issue.path);
    if (issue.code === 'unrecognized_keys') {
      const parent = valueAt(root, path);
      for (const key of issue.keys) {
        if (!isRecord(parent)) continue;
        findings.push(unrecognised([...path, key]));
        delete parent[key];
        removed += 1;
      }
    } else if (removeIfEmpty(root, path)) removed += 1;
  }
  return { removed, findings };
}

function removeIfEmpty(root: Record<string, unknown>, path: ConfigPath): boolean {
  const key = path.at(-1);
  const parent = valueAt(root, path.slice(0, -1));
  if (typeof key !== 'string' || !isRecord(parent) || parent[key] !== null) return false;
  delete parent[key];
  return true;
}

function unrecognised(path: ConfigPath): Finding {
  const key = formatPath(path);
  const kind = classifyUnrecognised(path);
  if (kind === 'not_built') {
    const message = `Config key \`${key}\` is known, but its feature is not built yet (ignored)`;
    return { severity: 'warning', path, part: 'key', message };
  }
  const parent = path.slice(0, -1);
  const hint = suggestion(String(path.at(-1)), knownKeys(parent));
  return {
    severity: 'warning',
    path,
    part: 'key',
    message: `Unknown config key \`${key}\` (ignored)${hint}`,
  };
}

function knownKeys(parent: ConfigPath): ReadonlySet<string> {
  const prefix = parent.length === 0 ? '' : `${parent.join('.')}.`;
  const later = [...notBuiltKeys()].filter((key) => key.startsWith(prefix));
  const names = later.map((key) => key.slice(prefix.length).split('.')[0] ?? '');
  return new Set([...keysAt(configSchema, parent), ...names]);
}

function issueFinding(issue: z.core.$ZodIssue, root: unknown): Finding {
  const path = plainPath(issue.path);
  const message = `\`${formatPath(path)}\` ${describeIssue(issue, valueAt(root, path))}`;
  return { severity: 'error', path, part: 'value', message };
}

function plainPath(path: readonly PropertyKey[]): ConfigPath {
  return path.map((step) => (typeof step === 'number' ? step : String(step)));
}

/** The value at a path; `undefined` where there is none. */
export function valueAt(root: unknown, path: ConfigPath): unknown {
  let current = root;
  for (const step of path) {
    if (Array.isArray(current)) current = current[Number(step)];
    else current = isRecord(current) && Object.hasOwn(current, step) ? current[step] : undefined;
  }
  return current;
}
