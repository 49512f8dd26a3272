import { describe, expect, it } from 'vitest';
import { callScope } from '../../../test/support/tool-fixture.ts';
import type { CheckedCall } from '../../tools/ports.ts';
import type { ToolRisk } from '../../tools/tool.ts';
import type { ApprovalReason } from '../../tools/waiting-room.ts';
import { type CoverFacts, findCovers } from './covers.ts';

const CONFIGURED = 'high_risk_tool_user_confirmation_required is false';
const STANDING = 'standing approval of this chat';
const GRANT = 'named by a grant of tool_policy';

function call(risk: ToolRisk): CheckedCall {
  return {
    toolUseId: 'call-1',
    name: 'tool',
    input: {},
    summary: '',
    risk,
    concurrency: 'side_effect',
    readOnly: false,
    scope: callScope(),
  };
}

function facts(overrides: Partial<CoverFacts>): CoverFacts {
  return {
    confirmHighRisk: true,
    isUnattended: false,
    hasStandingApproval: async () => false,
    isGrantedByName: () => false,
    ...overrides,
  };
}

const NOTHING = {};
const NO_CONFIRMATION = { confirmHighRisk: false };
const ALWAYS = { hasStandingApproval: async () => true };
const GRANTED = { isUnattended: true, isGrantedByName: () => true };
const GRANTED_BUT_ASKABLE = { isGrantedByName: () => true };

describe('a reason is set aside', () => {
  it.each<[ApprovalReason['code'], ToolRisk, Partial<CoverFacts>, string | undefined]>([
    ['high_risk', 'high', NOTHING, undefined],
    ['high_risk', 'high', NO_CONFIRMATION, CONFIGURED],
    ['high_risk', 'high', ALWAYS, STANDING],
    ['high_risk', 'high', GRANTED, GRANT],
    ['high_risk', 'high', GRANTED_BUT_ASKABLE, undefined],
    ['tainted_turn', 'medium', NOTHING, undefined],
    ['tainted_turn', 'medium', NO_CONFIRMATION, undefined],
    ['tainted_turn', 'medium', ALWAYS, STANDING],
    ['tainted_turn', 'medium', GRANTED, undefined],
    ['tainted_turn', 'high', ALWAYS, undefined],
    ['tainted_turn', 'high', NO_CONFIRMATION, undefined],
    ['tainted_turn', 'low', ALWAYS, undefined],
    ['dangerous_pattern', 'high', ALWAYS, undefined],
    ['dangerous_pattern', 'high', NO_CONFIRMATION, undefined],
    ['dangerous_pattern', 'high', GRANTED, undefined],
  ])('%s of %s risk', async (code, risk, overrides, cover) => {
    expect(await findCovers(call(risk), facts(overrides))({ code, text: '' })).toBe(cover);
  });

  it('after one look at the standing approvals, however many reasons there are', async () => {
    let looks = 0;
    const hasStandingApproval = async () => {
      looks += 1;
      return true;
    };
    const coverOf = findCovers(call('medium'), facts({ hasStandingApproval }));
    await Promise.all([
      coverOf({ code: 'tainted_turn', text: '' }),
      coverOf({ code: 'high_risk', text: '' }),
    ]);
    expect(looks).toBe(1);
  });
});
