import { describe, expect, it } from 'vitest';
import { visibleText } from './visible-text.ts';

describe('visibleText', () => {
  it('removes closed and unclosed reasoning', () => {
    expect(visibleText('<think>a</think>Answer <reasoning>b', false)).toBe('Answer');
  });

  it('removes lines with printed tool calls only', () => {
    expect(visibleText('Look:\n[tool_use: bash({"command":"ls"})]\nDone [tool_use: x] inline', false)).toBe(
      'Look:\n\nDone [tool_use: x] inline',
    );
  });

  it('keeps everything when thinking is shown', () => {
    expect(visibleText(' <think>a</think>b ', true)).toBe('<think>a</think>b');
  });
});
