import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContentBlock } from '../../llm/message.ts';
import type { ToolCallRecord } from '../../storage/repositories/tool-call-repository.ts';
import type { ToolExecutor } from '../../tools/executor-port.ts';
import { Conversation, type ConversationEntry } from './conversation.ts';
import { CALL_NOT_RUN, CALL_UNCERTAIN } from './fixed-texts.ts';
import { closingBlocks, inspectInterruptedBatch } from './interrupted-batch.ts';

type CallState = 'finished' | 'failed' | 'started' | 'never_began';
interface Case {
  readonly state: CallState;
  readonly concurrency: 'read_only' | 'side_effect' | 'exclusive';
}

const executor = {
  describe: (name: string) => (name === 'known' ? { risk: 'high' } : undefined),
} as unknown as ToolExecutor; // only `describe` is asked

function record(index: number, { state, concurrency }: Case): ToolCallRecord {
  const finished = state === 'finished' || state === 'failed';
  return {
    runId: 'r',
    toolUseId: `c${index}`,
    name: 'known',
    inputJson: '{"value":1}',
    summary: index % 2 === 0 ? `summary ${index}` : '',
    concurrency,
    state: finished ? 'finished' : 'started',
    output: finished ? `output ${index}` : null,
    isError: state === 'failed',
    statusCode: null,
    errorType: null,
    bytes: null,
    durationMs: null,
    artifactId: null,
    metadataJson: null,
    untrustedSource: null,
    startedAt: '2026-01-01T00:00:00.000Z',
  };
}

function conversationOf(...contents: readonly (readonly ContentBlock[])[]): Conversation {
  const entries = contents.map(
    (content, index): ConversationEntry => ({
      entryId: index + 1,
      role: index % 2 === 0 ? 'user' : 'assistant',
      kind: 'message',
      runId: 'r',
      content,
      characters: 1,
    }),
  );
  return new Conversation(1, 0, entries, 0);
}

function inspect(cases: readonly Case[]) {
  const calls = cases.map(
    (_, index): ContentBlock => ({ type: 'tool_use', id: `c${index}`, name: 'known', input: {} }),
  );
  const conversation = conversationOf([{ type: 'text', text: 'go' }], calls);
  const records = cases.flatMap((one, index) => (one.state === 'never_began' ? [] : [record(index, one)]));
  return inspectInterruptedBatch(conversation, records, executor);
}

const anyCase: fc.Arbitrary<Case> = fc.record({
  state: fc.constantFrom('finished', 'failed', 'started', 'never_began'),
  concurrency: fc.constantFrom('read_only', 'side_effect', 'exclusive'),
});
const cases = fc.array(anyCase, { minLength: 1, maxLength: 6 });
const isDoubtful = (one: Case) => one.state === 'started' && one.concurrency !== 'read_only';
const isRecorded = (one: Case) => one.state === 'finished' || one.state === 'failed';

describe('an interrupted batch', () => {
  it('is uncertain exactly when a call that may have had an effect began without a result', () => {
    fc.assert(
      fc.property(cases, (batch) => {
        expect(inspect(batch).kind).toBe(batch.some(isDoubtful) ? 'uncertain' : 'resumable');
      }),
    );
  });

  it('uses every recorded result and runs everything else when it is resumable', () => {
    fc.assert(
      fc.property(cases, (batch) => {
        const found = inspect(batch);
        fc.pre(found.kind === 'resumable');
        if (found.kind !== 'resumable') return;
        batch.forEach((one, index) => {
          const known = found.known.get(`c${index}`);
          expect(known !== undefined).toBe(isRecorded(one));
          if (known === undefined) return;
          expect(known.content).toBe(`output ${index}`);
          expect(known.is_error ?? false).toBe(one.state === 'failed');
        });
      }),
    );
  });

  it('tells of every call whether it ran, did not run or is in doubt when it is closed', () => {
    fc.assert(
      fc.property(cases, (batch) => {
        const found = inspect(batch);
        if (found.kind === 'none') throw new Error('there were calls');
        const expected = batch.map((one, index) => {
          if (isRecorded(one)) return `output ${index}`;
          return isDoubtful(one) ? CALL_UNCERTAIN : CALL_NOT_RUN;
        });
        expect(closingBlocks(found).map((block) => block.content)).toEqual(expected);
      }),
    );
  });

  it('names the calls in doubt with their risk and what they were about', () => {
    const doubt: Case = { state: 'started', concurrency: 'side_effect' };
    expect(inspect([doubt, doubt])).toMatchObject({
      doubtful: [
        { label: 'known(high)', summary: 'summary 0' },
        { label: 'known(high)', summary: '{"value":1}' },
      ],
    });
  });

  it('is none when the last entry has no calls, or when there are results already', () => {
    const said = conversationOf([{ type: 'text', text: 'go' }], [{ type: 'text', text: 'done' }]);
    expect(inspectInterruptedBatch(said, [], executor)).toEqual({ kind: 'none' });
    const answered = conversationOf(
      [{ type: 'text', text: 'go' }],
      [{ type: 'tool_use', id: 'c0', name: 'known', input: {} }],
      [{ type: 'tool_result', tool_use_id: 'c0', content: 'x' }],
    );
    expect(inspectInterruptedBatch(answered, [], executor)).toEqual({ kind: 'none' });
    expect(inspectInterruptedBatch(conversationOf(), [], executor)).toEqual({ kind: 'none' });
  });
});
