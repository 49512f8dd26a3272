/** What tools may do and reach, from the configuration: the steps of the executor, and the limit of the HTTP client. */
import type { ApprovalDesk } from '../agent/approvals/approval-desk.ts';
import { createApprovalGate } from '../agent/approvals/approval-gate.ts';
import type { ReasonParts, ReasonSettings } from '../agent/approvals/judge-reasons.ts';
import { dangerousPatternSource, highRiskSource } from '../agent/approvals/reason-sources.ts';
import { type TaintSourceParts, taintSource } from '../agent/approvals/taint-source.ts';
import type { Config } from '../config/config.ts';
import type { ChatRef } from '../core/chat.ts';
import type { Clock } from '../core/clock.ts';
import { systemIds } from '../core/ids.ts';
import type { Logger } from '../observability/logger.ts';
import { createCommandPolicy } from '../security/command-policy.ts';
import type { EgressClient } from '../security/egress/egress-client.ts';
import { limitEgressClient } from '../security/egress/egress-policy-client.ts';
import type { Redactor } from '../security/redaction/redactor.ts';
import { isGrantedByName, type ToolGrant, type ToolPolicyOptions } from '../security/tool-policy.ts';
import type { Repositories } from '../storage/repositories/repositories.ts';
import type { ApprovalPort, ToolPorts } from '../tools/ports.ts';
import type { LiveConfig } from './live-config.ts';
import { assumedEvidence } from './policies/assumed-evidence.ts';
import { configuredEgressPolicy, findEgressConflict } from './policies/egress-endpoints.ts';
import { createEgressPolicyPort } from './policies/egress-policy-port.ts';
import { createToolAuditWriter, type WriteToolAudit } from './policies/policy-audit.ts';
import type { PolicyRules } from './policies/policy-explainer.ts';
import { createToolAuditPort } from './policies/tool-audit-port.ts';
import { createToolPolicyPort, policyCall } from './policies/tool-policy-port.ts';

export interface PolicyBuildParts {
  readonly live: LiveConfig;
  readonly repositories: Pick<Repositories, 'audit' | 'approvalGrants' | 'toolCalls' | 'turnEvidence'>;
  readonly approvals: ApprovalDesk;
  /** Where the calls of a chat work. */
  readonly directoryOf: (chat: ChatRef) => Promise<string>;
  readonly redactor: Redactor;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
}

export interface BuiltPolicies {
  readonly ports: Pick<ToolPorts, 'policy' | 'egress' | 'approval' | 'audit'>;
  /** The same rules, for explanations. */
  readonly rules: PolicyRules;
  /** The client with the egress policy in force for every request it makes. */
  limitClient(client: EgressClient): EgressClient;
}

/** Raises `MC_APP_EGRESS_RULE_INVALID` and `MC_APP_ENDPOINT_BLOCKED`. */
export function buildPolicies(parts: PolicyBuildParts): BuiltPolicies {
  const { live, repositories, env, logger } = parts;
  const audit = createToolAuditWriter(repositories.audit, logger.child({ target: 'audit' }));
  const egress = live.view(configuredEgressPolicy);
  const conflict = findEgressConflict(egress, live.current, env);
  if (conflict !== undefined) throw conflict;
  const assumed = {
    tainted: reasonParts(parts, assumedEvidence(true)),
    clean: reasonParts(parts, assumedEvidence(false)),
  };
  return {
    ports: {
      policy: createToolPolicyPort(live.view(toolPolicyOptions), audit),
      egress: createEgressPolicyPort(egress, audit),
      approval: buildApprovalGate(parts, audit),
      audit: createToolAuditPort(audit),
    },
    rules: {
      toolPolicy: live.view(toolPolicyOptions),
      egress,
      approvals: (tainted) => (tainted ? assumed.tainted : assumed.clean),
    },
    limitClient: (client) =>
      limitEgressClient(client, egress, ({ reason, url }) => {
        const isBlocked = egress.mode === 'block';
        // The writer never rejects; the request does not wait for its entry.
        void audit({
          kind: 'egress_policy',
          actor: 'http-client',
          action: isBlocked ? 'block' : 'warn',
          target: 'request',
          status: isBlocked ? 'blocked' : 'allowed',
          detail: `${reason}; url=${url}`,
        });
      }),
  };
}

const SECOND_MS = 1000;

function buildApprovalGate(parts: PolicyBuildParts, audit: WriteToolAudit): ApprovalPort {
  const { live, repositories, approvals, directoryOf, redactor, clock, logger } = parts;
  const reasons = reasonParts(parts, {
    evidence: repositories.turnEvidence,
    toolCalls: repositories.toolCalls,
  });
  return createApprovalGate({
    ...reasons,
    desk: approvals,
    directoryOf: (call) => directoryOf(call.scope.chat),
    settings: live.derive((config) => ({
      ...reasonSettings(config),
      timeoutMs: config.approval_timeout_secs * SECOND_MS,
    })),
    redactor,
    audit: (entry) => audit({ kind: 'approval', status: 'ok', ...entry }),
    clock,
    ids: systemIds,
    logger: logger.child({ target: 'approvals' }),
  });
}

/** Why calls need an approval; what a turn has read comes from `taint`. */
function reasonParts(
  { live, repositories }: PolicyBuildParts,
  taint: Pick<TaintSourceParts, 'evidence' | 'toolCalls'>,
): ReasonParts {
  const policy = live.view(toolPolicyOptions);
  const commands = live.view((config) => createCommandPolicy(config.bash_dangerous_patterns));
  return {
    sources: [
      highRiskSource(),
      dangerousPatternSource(commands),
      taintSource({ policy: () => live.current.taint_policy, ...taint }),
    ],
    grants: repositories.approvalGrants,
    isGrantedByName: (call) => isGrantedByName(policy, policyCall(call)),
    settings: live.derive(reasonSettings),
  };
}

function reasonSettings(config: Config): ReasonSettings {
  return {
    blockTainted: config.taint_policy === 'block',
    confirmHighRisk: config.high_risk_tool_user_confirmation_required,
  };
}

function toolPolicyOptions({ tool_policy: policy }: Config): ToolPolicyOptions {
  return {
    mode: policy.mode,
    denyTools: policy.deny_tools,
    allowTools: policy.allow_tools,
    ...(policy.max_risk === undefined ? {} : { maxRisk: policy.max_risk }),
    grantsMode: policy.grants_mode,
    grants: policy.grants.map(toGrant),
    controlChatBypass: policy.control_chat_bypass,
  };
}

function toGrant(grant: Config['tool_policy']['grants'][number]): ToolGrant {
  return {
    ...(grant.chat_id === undefined ? {} : { chatId: grant.chat_id }),
    ...(grant.channel === undefined ? {} : { channel: grant.channel }),
    ...(grant.principal === undefined ? {} : { principal: grant.principal }),
    allowTools: grant.allow_tools,
    denyTools: grant.deny_tools,
    ...(grant.max_risk === undefined ? {} : { maxRisk: grant.max_risk }),
  };
}
