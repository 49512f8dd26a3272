import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  explainToolCall,
  type PolicyCall,
  type RiskLevel,
  type ToolGrant,
  type ToolPolicyOptions,
} from './tool-policy.ts';

const off: ToolPolicyOptions = {
  mode: 'off',
  denyTools: [],
  allowTools: [],
  grantsMode: 'off',
  grants: [],
  controlChatBypass: true,
};

function callOf(overrides: Partial<PolicyCall> = {}): PolicyCall {
  return {
    tool: 'read_file',
    risk: 'low',
    chatId: 100,
    externalChatId: '555000111',
    channel: 'telegram',
    principal: 'main',
    isControlChat: false,
    ...overrides,
  };
}

function grantOf(overrides: Partial<ToolGrant> = {}): ToolGrant {
  return { allowTools: ['*'], denyTools: [], ...overrides };
}

function reasons(options: Partial<ToolPolicyOptions>, call: Partial<PolicyCall> = {}): readonly string[] {
  return explainToolCall({ ...off, ...options }, callOf(call)).map(({ reason }) => reason);
}

describe('the global rule', () => {
  it('refuses denied tools, names without regard to case, prefixes with a star', () => {
    for (const entry of ['bash', 'BASH', 'ba*', '*']) {
      expect(reasons({ mode: 'block', denyTools: [entry] }, { tool: 'bash' })).toEqual([
        "tool 'bash' is denied by tool_policy.deny_tools",
      ]);
    }
    for (const entry of ['bas', 'bashful', 'b*x', 'ash*']) {
      expect(reasons({ mode: 'block', denyTools: [entry] }, { tool: 'bash' })).toEqual([]);
    }
  });

  it('refuses what is riskier than allowed, and names both', () => {
    const options = { mode: 'block', maxRisk: 'low' } as const;
    expect(reasons(options, { risk: 'low' })).toEqual([]);
    expect(reasons(options, { tool: 'write_file', risk: 'medium' })).toEqual([
      "tool 'write_file' has risk medium, above tool_policy.max_risk (low)",
    ]);
  });

  it('exempts allowed tools from both', () => {
    const options = { mode: 'block', denyTools: ['*'], maxRisk: 'low', allowTools: ['bash'] } as const;
    expect(reasons(options, { tool: 'bash', risk: 'high' })).toEqual([]);
    expect(reasons(options, { tool: 'glob' })).toHaveLength(1);
  });

  it('holds for control chats', () => {
    expect(
      reasons({ mode: 'block', denyTools: ['bash'] }, { tool: 'bash', isControlChat: true }),
    ).toHaveLength(1);
  });

  it('says what its mode asks for', () => {
    const [warning] = explainToolCall({ ...off, mode: 'warn', denyTools: ['read_file'] }, callOf());
    expect(warning?.action).toBe('warn');
    expect(reasons({ mode: 'off', denyTools: ['read_file'] })).toEqual([]);
  });
});

describe('grants', () => {
  const strict = { grantsMode: 'block' } as const;

  it('are needed once they are switched on', () => {
    expect(reasons({ ...strict })).toEqual([
      'no entry of tool_policy.grants covers chat 100 (channel telegram, principal main)',
    ]);
    expect(reasons({ ...strict, grants: [grantOf({ allowTools: ['web_*'] })] })).toEqual([
      expect.stringContaining("tool 'read_file' is in no allow_tools"),
    ]);
    expect(reasons({ ...strict, grants: [grantOf({ allowTools: ['read_*'] })] })).toEqual([]);
  });

  it('match when every selector does', () => {
    const matches = (grant: Partial<ToolGrant>, call: Partial<PolicyCall> = {}) =>
      reasons({ ...strict, grants: [grantOf(grant)] }, call).length === 0;
    expect(matches({ chatId: 100n })).toBe(true);
    expect(matches({ chatId: 101n })).toBe(false);
    expect(matches({ channel: 'Telegram' })).toBe(true);
    expect(matches({ channel: 'web' })).toBe(false);
    expect(matches({ principal: 'main' })).toBe(true);
    expect(matches({ principal: 'sub*' }, { principal: 'subagent:7' })).toBe(true);
    expect(matches({ principal: 'Main' })).toBe(false);
    expect(matches({ chatId: 100n, channel: 'telegram', principal: 'scheduler' })).toBe(false);
  });

  it('know a platform id of 64 bits exactly', () => {
    const grants = [grantOf({ chatId: 1234567890123456789n })];
    const call = { channel: 'discord', externalChatId: '1234567890123456789' };
    expect(reasons({ ...strict, grants }, call)).toEqual([]);
    expect(reasons({ ...strict, grants }, { ...call, externalChatId: '1234567890123456800' })).toHaveLength(
      1,
    );
  });

  it('do not take the name of a web session for the id of a chat', () => {
    const grants = [grantOf({ chatId: 4711n })];
    expect(reasons({ ...strict, grants }, { channel: 'web', externalChatId: '4711' })).toHaveLength(1);
    expect(reasons({ ...strict, grants }, { channel: 'headless', externalChatId: '4711' })).toHaveLength(1);
  });

  it('deny when any matching one denies or has a lower limit', () => {
    const wide = grantOf();
    expect(reasons({ ...strict, grants: [wide, grantOf({ denyTools: ['read_file'] })] })).toEqual([
      "tool 'read_file' is denied by tool_policy.grants[1].deny_tools",
    ]);
    expect(reasons({ ...strict, grants: [wide, grantOf({ maxRisk: 'low' })] }, { risk: 'high' })).toEqual([
      "tool 'read_file' has risk high, above tool_policy.grants[1].max_risk (low)",
    ]);
    expect(reasons({ ...strict, grants: [wide, grantOf({ denyTools: ['*'], chatId: 7n })] })).toEqual([]);
  });

  it('are not needed by control chats unless the bypass is off', () => {
    expect(reasons({ ...strict }, { isControlChat: true })).toEqual([]);
    expect(reasons({ ...strict, controlChatBypass: false }, { isControlChat: true })).toHaveLength(1);
  });

  it('never weaken the global rule, whatever they grant', () => {
    const risk = fc.constantFrom<RiskLevel>('low', 'medium', 'high');
    const name = fc.constantFrom('bash', 'read_file', 'write_file', 'web_fetch');
    const grants = fc.array(
      fc.record({ allowTools: fc.constant(['*']), denyTools: fc.array(name), maxRisk: risk }),
    );
    const rule = fc.record({ denyTools: fc.array(name), maxRisk: risk, grants, tool: name, risk });
    fc.assert(
      fc.property(rule, ({ tool, risk: callRisk, ...options }) => {
        const alone = reasons({ ...options, mode: 'block', grants: [] }, { tool, risk: callRisk });
        const both = reasons({ ...options, mode: 'block', grantsMode: 'block' }, { tool, risk: callRisk });
        return alone.every((reason) => both.includes(reason));
      }),
    );
  });
});
