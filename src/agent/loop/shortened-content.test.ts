import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContentBlock } from '../../llm/message.ts';
import { shortenResults, shortenTexts } from './shortened-content.ts';

const result = (content: string): ContentBlock => ({
  type: 'tool_result',
  tool_use_id: 'a',
  content,
  is_error: true,
});

describe('shortenResults', () => {
  it('keeps the beginning and the end of a long result and everything else about it', () => {
    const [short] = shortenResults([result(`BEGIN${'x'.repeat(5000)}END`)]) ?? [];
    expect(short).toMatchObject({ type: 'tool_result', tool_use_id: 'a', is_error: true });
    expect(JSON.stringify(short)).toMatch(/BEGINx+\\n\[… 4608 characters left out .*\]\\nx+END/);
  });

  it('shortens the long arguments of a call and leaves the others', () => {
    const call = {
      type: 'tool_use',
      id: 'a',
      name: 'write_file',
      input: { path: 'a.md', content: 'y'.repeat(5000) },
    } as const;
    const [short] = shortenResults([call]) ?? [];
    expect(short).toMatchObject({ id: 'a', input: { path: 'a.md' } });
    expect(JSON.stringify(short).length).toBeLessThan(700);
  });

  it('has nothing to do for short content, and nothing more the second time', () => {
    expect(shortenResults([result('short'), { type: 'text', text: 'z'.repeat(9000) }])).toBeUndefined();
    const once = shortenResults([result('x'.repeat(5000))]) ?? [];
    expect(shortenResults(once)).toBeUndefined();
  });
});

describe('shortenTexts', () => {
  it('touches texts only', () => {
    expect(shortenTexts([result('x'.repeat(9000))])).toBeUndefined();
    expect(shortenTexts([{ type: 'text', text: 'x'.repeat(9000) }])).toHaveLength(1);
  });

  it('never cuts a character in half', () => {
    fc.assert(
      fc.property(fc.nat({ max: 3 }), (offset) => {
        const text = 'a'.repeat(offset) + '😀'.repeat(3000);
        expect(JSON.stringify(shortenTexts([{ type: 'text', text }]))).not.toMatch(/\\ud[89a-f]/i);
      }),
    );
  });
});
