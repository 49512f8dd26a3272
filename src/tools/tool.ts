/**
 * The tool port. A tool is a value: name, schema, safety class and a `run` that receives already validated input.
 * Nothing in the input is ever context: chat, caller, working directory and approval arrive in `ToolContext`.
 */
import type { z } from 'zod';
import type { Actor } from '../core/actor.ts';
import type { ChatRef } from '../core/chat.ts';
import type { JsonObject } from '../core/json.ts';

export type ToolRisk = 'low' | 'medium' | 'high';

/** `read_only` calls that follow each other run in parallel; the other two are barriers (DESIGN §7.14). */
export type ConcurrencyClass = 'read_only' | 'side_effect' | 'exclusive';

/** Directories of the chat, shared by `bash` and the file tools. Both exist when a tool runs. */
export interface ChatWorkspace {
  readonly baseDir: string;
  /** `TMPDIR` of commands, below `baseDir`. */
  readonly tmpDir: string;
}

/** Everything about a call that is not its input. */
export interface ToolContext {
  readonly runId: string;
  readonly toolUseId: string;
  readonly chat: ChatRef;
  readonly actor: Actor;
  /** `main`, `scheduler`, `channel:<name>`, `subagent:<run_id>`. */
  readonly principal: string;
  readonly isControlChat: boolean;
  readonly workspace: ChatWorkspace;
  /** Effective limit of this call in milliseconds; the executor aborts `signal` when it passes. */
  readonly timeoutMs: number;
  /** Aborted by timeout, `/stop`, turn deadline and shutdown. */
  readonly signal: AbortSignal;
  /** Live output for observers; already redacted by the executor before it leaves. */
  progress(chunk: string): void;
}

/** Where a call would work: what boundary checks may look at. */
export type ToolPlace = Pick<ToolContext, 'chat' | 'isControlChat' | 'workspace' | 'signal'>;

/** What one of a tool's own boundary checks says of a call. */
export interface ToolBoundary {
  readonly step: 'chat_access' | 'egress' | 'path' | 'command';
  /** What decided, in refusals, audit entries and explanations. */
  readonly rule: string;
  readonly refused: boolean;
  readonly reason: string;
}

/** What a tool returns. A failure is a value, never a throw; a throw is converted to `tool_error`. */
export interface ToolOutcome {
  readonly content: string;
  readonly isError?: boolean;
  /** Exit code or HTTP status; 0 for success and 1 for failure when absent. */
  readonly statusCode?: number;
  readonly errorType?: string;
  /** Of a boundary check that refused the call: its rule, as in `ToolBoundary`. */
  readonly rule?: string;
  readonly metadata?: JsonObject;
  /**
   * Where the content came from when strangers may have written it. Needed only of tools that return such content now
   * and then; with `readsUntrusted` the executor names the source itself.
   */
  readonly untrustedSource?: string;
}

export interface Tool<Schema extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  /** One to three short sentences for the model: every word is sent with every request. */
  readonly description: string;
  readonly input: Schema;
  readonly risk: ToolRisk;
  readonly concurrency: ConcurrencyClass;
  /** Built-in default in seconds, used when neither input nor config sets one (DESIGN §7.3). */
  readonly defaultTimeoutSecs: number;
  /** Whether the input has `timeout_secs`, which then wins over configuration. */
  readonly acceptsTimeout?: boolean;
  /** Same input gives the same answer: repeating it is a sign of a loop (tools §2.3). */
  readonly idempotent?: boolean;
  /** Results are not spilled to an artifact. */
  readonly neverSpill?: boolean;
  /** Every result, failures included, may hold text of strangers: from then on the turn is tainted. */
  readonly readsUntrusted?: boolean;
  /** The address that a call reaches and that the model chose, exactly as in the input. */
  destination?(input: z.infer<Schema>): string;
  /**
   * The boundary checks that `run` makes before it does anything, by the same functions. Makes no request, resolves no
   * name and creates nothing.
   */
  boundaries?(input: z.infer<Schema>, place: ToolPlace): Promise<readonly ToolBoundary[]>;
  /** The one argument that matters, for the one-line card: `uname -a`, `src/main.ts`. */
  summarize(input: z.infer<Schema>): string;
  run(input: z.infer<Schema>, context: ToolContext): Promise<ToolOutcome>;
}

/** Keeps the input type of `run` while the registry holds tools of every schema. */
export function defineTool<Schema extends z.ZodObject>(tool: Tool<Schema>): Tool {
  return tool as unknown as Tool; // `run` only ever receives what `input` parsed, so widening is safe
}
