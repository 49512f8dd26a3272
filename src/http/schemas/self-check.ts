/** Shape of `GET /api/config/self_check`. */
import { z } from 'zod';
import { lazyObject } from '../../core/lazy-object.ts';
import { memoryBackendHealthSchema } from './health.ts';
import { okObject } from './json-body.ts';

const warningSchema = lazyObject(() => ({
  /** Stable. */
  code: z.string(),
  severity: z.enum(['medium', 'high']),
  /** What is the case. */
  message: z.string(),
  /** What to change, and which key. */
  hint: z.string(),
}));

const executionPolicySchema = lazyObject(() => ({
  tool: z.string(),
  risk: z.enum(['low', 'medium', 'high']),
  /** Where the tool may run. */
  policy: z.enum(['host-only', 'sandbox-only', 'dual']),
}));

export const securityPostureSchema = lazyObject(() => ({
  sandbox_mode: z.enum(['off', 'all']),
  /** Also tried while the mode is `off`. */
  sandbox_runtime_available: z.boolean(),
  /** The kind of sandbox that works. */
  sandbox_runtime_cli: z.string().nullable(),
  sandbox_backend: z.string(),
  sandbox_require_runtime: z.boolean(),
  sandbox_no_network: z.boolean(),
  sandbox_credential_env_allowlist: z.array(z.string()),
  egress_policy_mode: z.string(),
  tool_grants_mode: z.string(),
  execution_policies: z.array(executionPolicySchema),
  mount_allowlist: z
    .object({
      path: z.string(),
      exists: z.boolean(),
      /** A line that is not blank and not a comment. */
      has_entries: z.boolean(),
    })
    .nullable(),
}));

const toolTimeoutSchema = lazyObject(() => ({
  tool: z.string(),
  timeout_secs: z.number(),
  /** `tool_timeout_overrides`, `default_tool_timeout_secs`, or the tool's own limit. */
  source: z.enum(['override', 'default', 'builtin']),
}));

export const selfCheckSchema = okObject(() => ({
  /** The highest severity of a warning. */
  risk_level: z.enum(['none', 'medium', 'high']),
  warning_count: z.int(),
  /** High ones first. */
  warnings: z.array(warningSchema),
  security_posture: securityPostureSchema,
  memory_backend: memoryBackendHealthSchema,
  tool_timeouts: z.array(toolTimeoutSchema),
}));

/** What protects this installation, as configured and as found. */
export type SecurityPosture = z.infer<typeof securityPostureSchema>;

export type SelfCheckPage = z.infer<typeof selfCheckSchema>;
