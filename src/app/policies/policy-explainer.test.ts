import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { callScope, executorFixture, fakeTool } from '../../../test/support/tool-fixture.ts';
import { planModeRefusal } from '../../agent/plan-mode/plan-refusal.ts';
import { configSchema } from '../../config/config.ts';
import type { ChatRef } from '../../core/chat.ts';
import { systemClock } from '../../core/clock.ts';
import type { JsonObject } from '../../core/json.ts';
import type { PolicyDecision, PolicyPort } from '../../http/policy-port.ts';
import { silentLogger } from '../../observability/logger.ts';
import { createPathGuard } from '../../security/path-guard/path-guard.ts';
import { createRedactor } from '../../security/redaction/redactor.ts';
import type { NewAuditEntry } from '../../storage/repositories/audit-repository.ts';
import { createFileTools } from '../../tools/builtin/file-tools.ts';
import type { ToolCallResult } from '../../tools/tool-call.ts';
import type { WaitingRoom } from '../../tools/waiting-room.ts';
import { buildPolicies } from '../build-policies.ts';
import { LiveConfig } from '../live-config.ts';
import { createPolicyExplainer } from './policy-explainer.ts';

interface World {
  readonly config: Readonly<Record<string, unknown>>;
  readonly channel: string;
  readonly principal: string;
  readonly isControlChat: boolean;
  readonly isPlanning: boolean;
  readonly hasStandingApproval: boolean;
  readonly tainted: boolean;
}

const PLAIN: World = {
  config: {},
  channel: 'telegram',
  principal: 'main',
  isControlChat: false,
  isPlanning: false,
  hasStandingApproval: false,
  tainted: false,
};

interface Fixture {
  readonly policy: PolicyPort;
  readonly audit: readonly NewAuditEntry[];
  /** Runs the call in the real executor; whoever is asked approves. */
  run(tool: string, input: JsonObject): Promise<{ readonly result: ToolCallResult; readonly asked: boolean }>;
}

const SECRET = 'hunter2-hunter2';

async function fixture(overrides: Partial<World> = {}): Promise<Fixture> {
  const world = { ...PLAIN, ...overrides };
  const audit: NewAuditEntry[] = [];
  const redactor = createRedactor([{ key: 'TOKEN', value: SECRET }]);
  let asked = false;
  const built = buildPolicies({
    live: new LiveConfig(configSchema.parse(world.config), {}),
    repositories: {
      audit: { append: async (entry: NewAuditEntry) => void audit.push(entry) } as never,
      approvalGrants: { has: async () => world.hasStandingApproval } as never,
      turnEvidence: {
        firstUntrustedSource: async () => (world.tainted ? 'a page' : undefined),
        firstUnclaimedSender: async () => undefined,
        requestTexts: async () => [],
      } as never,
      toolCalls: { listByRuns: async () => [] } as never,
    },
    approvals: {
      ask: async (question: { fingerprint: string; expiresAtMs: number }) => {
        asked = true;
        const now = new Date().toISOString();
        const expiresAt = new Date(question.expiresAtMs).toISOString();
        return { ...question, state: 'approved', createdAt: now, answeredAt: now, expiresAt };
      },
    } as never,
    directoryOf: async () => '/work',
    redactor,
    clock: systemClock,
    env: {},
    logger: silentLogger,
  });
  const chat: ChatRef = { chatId: 100, channel: world.channel, externalId: '100', kind: 'private' };
  const ran = async () => ({ content: 'ran' });
  const guard = createPathGuard({ sharedRoots: [], readOnlyRoots: [], protectedPaths: [] });
  const chatTool = { input: z.object({ chat_id: z.int().optional() }), risk: 'medium' } as const;
  const { executor, workspace } = await executorFixture(
    [
      fakeTool('bash', ran, {
        risk: 'high',
        concurrency: 'exclusive',
        input: z.object({ command: z.string() }),
      }),
      fakeTool('web_fetch', ran, {
        input: z.object({ url: z.string() }),
        destination: (input) => String(input.url),
      }),
      fakeTool('export_chat', ran, { ...chatTool, concurrency: 'side_effect' }),
      ...createFileTools({ guard }).filter(({ name }) => name === 'write_file'),
    ],
    {
      redactor,
      ports: { ...built.ports, planMode: { check: (call) => planModeRefusal(call, world.isPlanning) } },
    },
  );
  const kind = world.principal === 'hook' ? 'hook' : 'operator';
  const scope = callScope({
    chat,
    principal: world.principal,
    isControlChat: world.isControlChat,
    actor: { kind, id: 'x' },
  });
  const room: WaitingRoom = {
    asked: () => {},
    askedAgain: () => {},
    resolved: () => {},
    during: (wait) => wait(),
  };
  return {
    audit,
    policy: createPolicyExplainer({
      rules: built.rules,
      executor,
      directory: {
        find: async (key) => (key === 'chat:100' ? { chat, sessionKey: 'chat:100' } : undefined),
      },
      isPlanning: () => world.isPlanning,
      isControlChat: () => world.isControlChat,
      locate: () => workspace,
      redactor,
    }),
    async run(tool, input) {
      asked = false;
      const [result] = await executor.execute([{ toolUseId: 'c', name: tool, input }], scope, {
        started: async () => {},
        progress: () => {},
        finished: async () => {},
        room,
      });
      if (result === undefined) throw new Error('no result');
      return { result, asked };
    },
  };
}

const modes = fc.constantFrom('off', 'warn', 'block');
const tools = fc.constantFrom('bash', 'web_fetch', 'export_chat', 'write_file', '*');
const risks = fc.option(fc.constantFrom('low', 'medium', 'high'), { nil: undefined });
/** Addresses and names that no rule below needs to resolve. */
const hosts = fc.constantFrom('10.0.0.1', '1.1.1.1', 'bad.example', 'ok.example');

const configs = fc
  .record({
    mode: modes,
    deny_tools: fc.array(tools, { maxLength: 2 }),
    allow_tools: fc.array(tools, { maxLength: 2 }),
    max_risk: risks,
    grants_mode: modes,
    control_chat_bypass: fc.boolean(),
    grants: fc.array(
      fc.record({
        principal: fc.constantFrom('main', 'hook', 'scheduler', '*'),
        allow_tools: fc.array(tools, { maxLength: 2 }),
        deny_tools: fc.array(tools, { maxLength: 1 }),
      }),
      { maxLength: 2 },
    ),
    egress: modes,
    deny_hosts: fc.array(fc.constantFrom('bad.example'), { maxLength: 1 }),
    allow_hosts: fc.array(fc.constantFrom('ok.example'), { maxLength: 1 }),
    taint_policy: fc.constantFrom('off', 'ask', 'block'),
    confirm: fc.boolean(),
  })
  .map(({ egress, deny_hosts, allow_hosts, taint_policy, confirm, ...tool_policy }) => ({
    tool_policy,
    egress_policy: { mode: egress, deny_hosts, allow_hosts, block_private_ips: false },
    taint_policy,
    high_risk_tool_user_confirmation_required: confirm,
  }));

const calls = fc.oneof(
  fc.record({
    tool: fc.constant('bash'),
    input: fc.record({
      command: fc.oneof(
        fc.constantFrom('ls', 'sudo rm -rf /', 'x'.repeat(20_000)),
        hosts.map((host) => `curl http://${host}/`),
      ),
    }),
  }),
  fc.record({ tool: fc.constant('web_fetch'), input: hosts.map((host) => ({ url: `http://${host}/` })) }),
  fc.record({
    tool: fc.constant('export_chat'),
    input: fc.constantFrom<JsonObject>({}, { chat_id: 100 }, { chat_id: 7 }, { chat_id: '7' }),
  }),
  fc.record({
    tool: fc.constant('write_file'),
    input: fc
      .constantFrom('note.txt', '../../x', '/etc/passwd', '.ssh/id_rsa', 'a/../b.txt')
      .map((path) => ({ path, content: 'x' })),
  }),
);

const worlds = fc.record({
  config: configs,
  channel: fc.constantFrom('telegram', 'web'),
  principal: fc.constantFrom('main', 'hook', 'scheduler', 'channel:telegram'),
  isControlChat: fc.boolean(),
  isPlanning: fc.boolean(),
  hasStandingApproval: fc.boolean(),
  tainted: fc.boolean(),
});

/** What the executor did, in the words of the explanation. */
function observed(
  { result, asked }: { result: ToolCallResult; asked: boolean },
  audit: readonly NewAuditEntry[],
): PolicyDecision {
  if (result.isError) return 'block';
  if (asked) return 'ask';
  return audit.some(({ action }) => action === 'warn') ? 'warn' : 'allow';
}

test('the explanation and the executor come to the same decision, whatever the rules and the call', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(worlds, calls, async (world, { tool, input }) => {
      const { policy, run, audit } = await fixture(world);
      const { principal, tainted } = world;
      const explained = await policy.explain({ tool, input, principal, tainted, sessionKey: 'chat:100' });
      expect(audit).toEqual([]);
      const done = await run(tool, input);
      expect(explained.decision).toBe(observed(done, audit));
      seen.add(explained.decision);
      if (explained.decision !== 'block') return;
      const { rule } = done.result;
      const blocking = explained.steps
        .filter(({ decision }) => decision === 'block')
        .map((step) => step.rule);
      for (const name of rule?.split(', ') ?? ['(none)']) expect(blocking).toContain(name);
      expect(done.result.metadata?.policy_rule).toBe(rule);
      expect(audit.some(({ detail }) => detail?.includes(rule ?? '(none)'))).toBe(true);
    }),
    { numRuns: 400 },
  );
  expect([...seen].sort()).toEqual(['allow', 'ask', 'block', 'warn']);
});

test('the steps stand in the order of the executor and say how to change each', async () => {
  const { policy } = await fixture({
    config: {
      tool_policy: { mode: 'block', max_risk: 'low', grants_mode: 'block' },
      egress_policy: { mode: 'warn', deny_hosts: ['bad.example'], block_private_ips: false },
    },
    isPlanning: true,
  });
  const { decision, steps, notes } = await policy.explain({
    tool: 'BASH',
    sessionKey: 'chat:100',
    input: { command: 'sudo curl https://bad.example' },
    tainted: true,
  });
  expect(decision).toBe('block');
  expect(steps.map(({ step, decision: each, rule }) => `${step} ${each} ${rule}`)).toEqual([
    'plan_mode block plan_mode',
    'tool_policy block tool_policy.max_risk',
    'grants block tool_policy.grants',
    'egress warn egress_policy',
    'high_risk ask high_risk_tool_user_confirmation_required',
    'dangerous_pattern ask bash_dangerous_patterns',
    'taint ask taint_policy',
  ]);
  for (const { howToChange } of steps) expect(howToChange).not.toBe('');
  expect(notes.join(' ')).toContain('checked again when the tool connects');
});

test('without an input only what does not depend on it is judged', async () => {
  const { policy } = await fixture({ config: { egress_policy: { mode: 'block' } } });
  const { decision, steps } = await policy.explain({ tool: 'bash', sessionKey: 'chat:100' });
  expect(decision).toBe('ask');
  expect(steps.map(({ step }) => step)).toEqual(['high_risk']);
});

test('an unknown tool, an unknown session and an input of another shape are errors', async () => {
  const { policy } = await fixture();
  await expect(policy.explain({ tool: 'bsah' })).rejects.toMatchObject({
    code: 'MC_TOOLS_UNKNOWN_TOOL',
    message: expect.stringContaining('did you mean `bash`?'),
  });
  await expect(policy.explain({ tool: 'bash', sessionKey: 'nobody' })).rejects.toMatchObject({
    code: 'MC_SESSION_NOT_FOUND',
    message: 'session not found',
  });
  await expect(policy.explain({ tool: 'bash', input: { command: [] } })).rejects.toMatchObject({
    code: 'MC_TOOLS_INVALID_INPUT',
  });
  const command = 'x'.repeat(300_000);
  await expect(policy.explain({ tool: 'bash', input: { command } })).rejects.toMatchObject({
    code: 'MC_TOOLS_INVALID_INPUT',
    message: expect.stringContaining('larger than'),
  });
});

test('what comes back holds no known secret of the input', async () => {
  const { policy } = await fixture();
  const question = { sessionKey: 'chat:100', tool: 'write_file' };
  const explained = await policy.explain({ ...question, input: { path: `/${SECRET}`, content: SECRET } });
  expect(explained.decision).toBe('block');
  expect(JSON.stringify(explained)).not.toContain(SECRET);
});
