import { describe, expect, it } from 'vitest';
import { decodeRunEvent } from './run-event.ts';

function frame(event: string, data: unknown, id: string | null = '4') {
  return { event, id, data: typeof data === 'string' ? data : JSON.stringify(data) };
}

describe('decodeRunEvent', () => {
  it('reads a tool result with all its facts', () => {
    const data = {
      tool_use_id: 't1',
      name: 'bash',
      is_error: true,
      preview: 'no such',
      output: 'no such file',
      duration_ms: 12,
      status_code: 2,
      bytes: 12,
      error_type: 'process_exit',
      artifact_id: 'a1',
    };
    expect(decodeRunEvent(frame('tool_result', data))).toMatchObject({
      kind: 'tool_result',
      id: 4,
      toolUseId: 't1',
      isError: true,
      output: 'no such file',
      statusCode: 2,
      errorType: 'process_exit',
      artifactId: 'a1',
    });
  });

  it('falls back to the preview when a result has no output', () => {
    expect(decodeRunEvent(frame('tool_result', { tool_use_id: 't', preview: 'short' }))).toMatchObject({
      output: 'short',
    });
  });

  it('tells which run took a folded message in', () => {
    expect(decodeRunEvent(frame('done', { response: '', folded_into: 'r1' }))).toMatchObject({
      kind: 'done',
      foldedInto: 'r1',
    });
  });

  it('gives frames outside the sequence no id', () => {
    expect(decodeRunEvent(frame('replay_meta', { replay_truncated: true }, null))).toMatchObject({
      kind: 'replay_meta',
      id: null,
      truncated: true,
    });
  });

  it('skips events it does not know and bodies it cannot read', () => {
    expect(decodeRunEvent(frame('brand_new', {}))).toBeNull();
    expect(decodeRunEvent(frame('delta', '{"delta":'))).toBeNull();
    expect(decodeRunEvent(frame('delta', '[1]'))).toBeNull();
  });

  it('counts a field of the wrong type as absent', () => {
    expect(decodeRunEvent(frame('usage', { input_tokens: 'many', cost_usd: null }))).toMatchObject({
      inputTokens: 0,
      costUsd: null,
    });
  });
});
