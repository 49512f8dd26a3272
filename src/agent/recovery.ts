/**
 * What a start finds of the process before it (agent-runtime §15).
 *
 * The process that held the leases is known to be dead: it had the same exclusive database lock that this process holds
 * now. Its leases therefore count as expired. Waiting requests are queued again in their order; running turns continue
 * after their last complete step, unless they are too old or were continued too often, in which case the user is told.
 */
import type { Actor } from '../core/actor.ts';
import type { ChatRef } from '../core/chat.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../observability/logger.ts';
import type { RunWaits } from '../storage/repositories/approval-repository.ts';
import type { InboxItem } from '../storage/repositories/inbox-repository.ts';
import type { Repositories } from '../storage/repositories/repositories.ts';
import type { TurnRecord } from '../storage/repositories/turn-repository.ts';

export interface RecoveredTurn {
  readonly item: InboxItem;
  readonly chat: ChatRef;
  readonly actor: Actor;
  /** 0 for a request that had not begun. */
  readonly resumeCount: number;
  /** A call of the turn waits for an approval, or got its answer without having begun. */
  readonly wasWaiting: boolean;
}

export interface RecoveryPlan {
  /** In the order in which they have to be queued. */
  readonly turns: readonly RecoveredTurn[];
  /** Turns that are not continued; the user has to be told. */
  readonly givenUp: readonly RecoveredTurn[];
}

export interface RecoveryOptions {
  readonly resumeMaxAgeMs: number;
  readonly maxResumes: number;
}

/** Reads what is unfinished. Changes nothing. */
export async function planRecovery(
  repositories: Repositories,
  options: RecoveryOptions,
  clock: Clock,
  logger: Logger,
): Promise<RecoveryPlan> {
  const turns: RecoveredTurn[] = [];
  const givenUp: RecoveredTurn[] = [];
  const [running, queued] = await Promise.all([
    repositories.turns.listRunning(),
    repositories.inbox.listQueued(),
  ]);
  const waits = await repositories.approvals.waitsOf(running.map(({ runId }) => runId));
  for (const record of running) {
    const wait = waits.get(record.runId);
    const item = await repositories.inbox.findByRun(record.runId);
    const recovered =
      item === undefined
        ? undefined
        : await locate(repositories, item, record.resumeCount + 1, wait?.isPending === true);
    if (recovered === undefined)
      logger.warn({ runId: record.runId }, 'interrupted turn has no request or chat');
    else if (isResumable(record, wait, options, clock)) turns.push(recovered);
    else givenUp.push(recovered);
  }
  for (const item of queued) {
    const recovered = await locate(repositories, item, 0, false);
    if (recovered === undefined) logger.warn({ runId: item.runId }, 'waiting request has no chat');
    else turns.push(recovered);
  }
  return { turns, givenUp };
}

/** A turn that waits for a person is bounded by the question's own time; restarts meanwhile do not count. */
function isResumable(
  record: TurnRecord,
  wait: RunWaits | undefined,
  options: RecoveryOptions,
  clock: Clock,
): boolean {
  if (wait?.isPending === true) return true;
  const startedMs = Date.parse(wait?.lastAnsweredAt ?? record.startedAt ?? record.acceptedAt);
  const interruptions = record.resumeCount - record.waitResumes;
  return clock.now() - startedMs < options.resumeMaxAgeMs && interruptions < options.maxResumes;
}

async function locate(
  repositories: Repositories,
  item: InboxItem,
  resumeCount: number,
  wasWaiting: boolean,
): Promise<RecoveredTurn | undefined> {
  const chat = await repositories.chats.findById(item.chatId);
  if (chat === undefined) return undefined;
  return {
    item,
    chat: {
      chatId: chat.chatId,
      channel: chat.channel,
      externalId: chat.externalId,
      kind: chat.kind,
    },
    actor: { kind: toActorKind(item.actorKind), id: item.actorId },
    resumeCount,
    wasWaiting,
  };
}

const ACTOR_KINDS: readonly Actor['kind'][] = [
  'operator',
  'api_key',
  'local',
  'channel_user',
  'peer',
  'scheduler',
  'subagent',
  'hook',
];

/** An unknown kind of a later version gets the least privileged meaning. */
function toActorKind(value: string): Actor['kind'] {
  return ACTOR_KINDS.find((kind) => kind === value) ?? 'channel_user';
}
