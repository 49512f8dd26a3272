/** What the executor is built from. */
import type { ChatRef } from '../core/chat.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../observability/logger.ts';
import type { Redactor } from '../security/redaction/redactor.ts';
import type { ArtifactStore } from './artifact-store.ts';
import type { ToolLimits } from './limits.ts';
import type { ToolPorts } from './ports.ts';
import type { ToolRegistry } from './registry.ts';
import type { ChatWorkspace, Tool } from './tool.ts';

/** The part of a logger that tool execution needs. */
type ToolLog = Pick<Logger, 'warn'>;

export interface ToolExecutorOptions {
  readonly tools: readonly Tool[];
  /** Creates the chat's directories when they are missing. */
  workspaceFor(chat: ChatRef): Promise<ChatWorkspace>;
  readonly artifacts: ArtifactStore;
  readonly redactor: Redactor;
  /**
   * Gaps are filled from `defaultToolLimits`. A function is asked at each use and returns the same object until they
   * change.
   */
  readonly limits?: Partial<ToolLimits> | (() => Partial<ToolLimits>);
  /** Gaps let every call pass. */
  readonly ports?: Partial<ToolPorts>;
  readonly clock: Clock;
  readonly log: ToolLog;
}

/** The options with every gap filled; what the pipeline works with. */
export interface ExecutorParts {
  readonly registry: ToolRegistry;
  workspaceFor(chat: ChatRef): Promise<ChatWorkspace>;
  readonly artifacts: ArtifactStore;
  readonly redactor: Redactor;
  readonly limits: ToolLimits;
  readonly ports: ToolPorts;
  readonly clock: Clock;
  readonly log: ToolLog;
}
