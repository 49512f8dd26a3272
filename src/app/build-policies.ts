/** What tools may do and reach, from the configuration: the steps of the executor, and the limit of the HTTP client. */
import type { Config } from '../config/config.ts';
import type { Logger } from '../observability/logger.ts';
import { createCommandPolicy } from '../security/command-policy.ts';
import type { EgressClient } from '../security/egress/egress-client.ts';
import { limitEgressClient } from '../security/egress-policy-client.ts';
import type { ToolGrant, ToolPolicyOptions } from '../security/tool-policy.ts';
import type { Repositories } from '../storage/repositories.ts';
import type { ToolPorts } from '../tools/ports.ts';
import { createCommandApprovalPort } from './policies/command-approval-port.ts';
import { configuredEgressPolicy, findEgressConflict } from './policies/egress-endpoints.ts';
import { createEgressPolicyPort } from './policies/egress-policy-port.ts';
import { createToolAuditWriter } from './policies/policy-audit.ts';
import { createToolAuditPort } from './policies/tool-audit-port.ts';
import { createToolPolicyPort } from './policies/tool-policy-port.ts';

export interface PolicyBuildParts {
  readonly config: Config;
  readonly repositories: Pick<Repositories, 'audit'>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
}

export interface BuiltPolicies {
  readonly ports: Pick<ToolPorts, 'policy' | 'egress' | 'approval' | 'audit'>;
  /** The client with the egress policy in force for every request it makes. */
  limitClient(client: EgressClient): EgressClient;
}

/** Raises `MC_APP_EGRESS_RULE_INVALID` and `MC_APP_ENDPOINT_BLOCKED`. */
export function buildPolicies({ config, repositories, env, logger }: PolicyBuildParts): BuiltPolicies {
  const audit = createToolAuditWriter(repositories.audit, logger.child({ target: 'audit' }));
  const egress = configuredEgressPolicy(config);
  const conflict = findEgressConflict(egress, config, env);
  if (conflict !== undefined) throw conflict;
  return {
    ports: {
      policy: createToolPolicyPort(toolPolicyOptions(config), audit),
      egress: createEgressPolicyPort(egress, audit),
      approval: createCommandApprovalPort(createCommandPolicy(config.bash_dangerous_patterns)),
      audit: createToolAuditPort(audit),
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
