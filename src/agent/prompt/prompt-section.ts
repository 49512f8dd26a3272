/** One part of the system prompt. Features contribute their own (memory, skills, …). */
import type { ChatRef } from '../../core/chat.ts';

export interface PromptContext {
  readonly chat: ChatRef;
  /** Wall clock in milliseconds. */
  readonly nowMs: number;
  /** The turn plans and has read-only tools only. */
  readonly isPlanning: boolean;
}

export interface PromptSection {
  readonly name: string;
  /**
   * `stable`: the same bytes from turn to turn unless the operator edits something. `changing`: may differ between
   * turns (memories, the date); it follows every stable section so that provider prompt caches keep their prefix.
   */
  readonly placement: 'stable' | 'changing';
  /** The section's text, or `undefined` to leave it out. Must not reject: a section that fails degrades to absence. */
  render(context: PromptContext): Promise<string | undefined>;
}
