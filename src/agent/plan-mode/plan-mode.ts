/**
 * Which chats plan instead of acting, and which of them have a plan that waits for approval (agent-runtime §13).
 *
 * Kept in `db_meta` (`chat_mode:<chat_id>` = `plan`, `pending_plan_approval:<chat_id>` = when the plan was given), so a
 * mode survives a restart; a copy in memory makes reading free.
 *
 * Invariants: a message approves only a plan that was there when the message was accepted, for an hour; the end of the
 * mode is committed with the entry that tells the model about it; only a person approves, and an API key only with its
 * scope; a webhook makes no plan that can be approved and ends the wait of the one before it. Leaving plan mode gives
 * no right: the tools ask and are refused as in any chat.
 */
import type { Actor } from '../../core/actor.ts';
import { type Clock, formatTimestamp } from '../../core/clock.ts';
import type { MetaRepository } from '../../storage/repositories/meta-repository.ts';
import type { WriteStatement } from '../../storage/storage.ts';
import type { CheckedCall } from '../../tools/ports.ts';
import type { MessageLanguage } from '../approvals/approval-card.ts';
import { approvalErrors } from '../approvals/errors.ts';
import type { TurnRequest } from '../turn-service-port.ts';
import { planModeRefusal } from './plan-refusal.ts';
import { isPlanApproval } from './plan-reply.ts';
import { planFooter } from './plan-texts.ts';

/** How a turn stands to the mode of its chat when it begins. `approved`: it carries out the plan. */
export type PlanStance = 'acting' | 'planning' | 'approved';

/** What decides about a turn. */
export interface PlannedRequest {
  readonly chatId: number;
  readonly content: string;
  readonly acceptedAt: string;
  readonly actorKind: Actor['kind'];
}

const MODE_PREFIX = 'chat_mode:';
const PENDING_PREFIX = 'pending_plan_approval:';
const MODE_VALUE = 'plan';
const PENDING_MS = 60 * 60 * 1000;
/** Who can agree to a plan; everything else passes on what others wrote. */
const PEOPLE: ReadonlySet<Actor['kind']> = new Set(['operator', 'local', 'api_key', 'channel_user']);

export class PlanMode {
  readonly #meta: MetaRepository;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #language: () => MessageLanguage;
  readonly #planning = new Set<number>();
  /** When the plan of a chat was given, in milliseconds. */
  readonly #pending = new Map<number, number>();

  constructor(meta: MetaRepository, clock: Pick<Clock, 'now'>, language: () => MessageLanguage) {
    this.#meta = meta;
    this.#clock = clock;
    this.#language = language;
  }

  /** Reads the stored modes; call once before the first turn. */
  async load(): Promise<void> {
    const [modes, pending] = await Promise.all([
      this.#meta.listByPrefix(MODE_PREFIX),
      this.#meta.listByPrefix(PENDING_PREFIX),
    ]);
    for (const { key, value } of modes) {
      if (value === MODE_VALUE) this.#planning.add(Number(key.slice(MODE_PREFIX.length)));
    }
    for (const { key, value } of pending) {
      const givenMs = Date.parse(value);
      if (!Number.isNaN(givenMs)) this.#pending.set(Number(key.slice(PENDING_PREFIX.length)), givenMs);
    }
  }

  isPlanning(chatId: number): boolean {
    return this.#planning.has(chatId);
  }

  /** Whether a plan waits for approval now. */
  hasPlan(chatId: number): boolean {
    const givenMs = this.#pending.get(chatId);
    return givenMs !== undefined && this.#clock.now() - givenMs <= PENDING_MS;
  }

  /** False when the chat was planning before. */
  async enter(chatId: number): Promise<boolean> {
    if (this.#planning.has(chatId)) return false;
    await this.#meta.set(`${MODE_PREFIX}${chatId}`, MODE_VALUE);
    this.#planning.add(chatId);
    return true;
  }

  /** Leaves the mode and drops a plan that waits. False when the chat was not planning. */
  async leave(chatId: number): Promise<boolean> {
    const wasPlanning = this.#planning.has(chatId);
    await this.#meta.deleteAll(this.#keys(chatId));
    this.#forget(chatId);
    return wasPlanning;
  }

  /** Drops a plan that waits, because the context it was made in is gone; the mode stays. */
  async dropPlan(chatId: number): Promise<void> {
    if (!this.#pending.has(chatId)) return;
    await this.#meta.delete(`${PENDING_PREFIX}${chatId}`);
    this.#pending.delete(chatId);
  }

  /**
   * Raises `MC_APPROVAL_PLAN_SCOPE_MISSING` when the message would approve a plan and its sender may not. Holds from
   * the moment the chat plans: a plan can be stored while the message is.
   */
  refuseUnlessMayApprove({
    chat,
    text,
    mayApprove,
  }: Pick<TurnRequest, 'chat' | 'text' | 'mayApprove'>): void {
    if (mayApprove !== false || !this.#planning.has(chat.chatId) || !isPlanApproval(text)) return;
    throw approvalErrors.create('PLAN_SCOPE_MISSING', 'approving a plan needs the scope operator.approvals');
  }

  stanceOf(request: PlannedRequest): PlanStance {
    const { chatId, content, acceptedAt, actorKind } = request;
    if (!this.#planning.has(chatId)) return 'acting';
    const givenMs = this.#pending.get(chatId);
    if (givenMs === undefined || !PEOPLE.has(actorKind) || !isPlanApproval(content)) return 'planning';
    const ageMs = Date.parse(acceptedAt) - givenMs;
    return ageMs > 0 && ageMs <= PENDING_MS ? 'approved' : 'planning';
  }

  /** Ends the mode in the transaction in which the approved turn begins; call `noteApproved` after it. */
  approvalStatements(chatId: number): readonly WriteStatement[] {
    return this.#meta.deleteStatements(this.#keys(chatId));
  }

  noteApproved(chatId: number): void {
    this.#forget(chatId);
  }

  /** Whether the answer to a turn of this actor is a plan that can be approved. */
  canPlan(actorKind: Actor['kind']): boolean {
    return PEOPLE.has(actorKind);
  }

  /** Ends the wait of a plan in the transaction in which something else follows it; call `noteDropped` after it. */
  dropStatements(chatId: number): readonly WriteStatement[] {
    return this.#meta.deleteStatements([`${PENDING_PREFIX}${chatId}`]);
  }

  noteDropped(chatId: number): void {
    this.#pending.delete(chatId);
  }

  /** Remembers the plan in the transaction that stores it; call `noteGiven` after it. */
  givenStatements(chatId: number, nowMs: number): readonly WriteStatement[] {
    return this.#meta.setStatements([[`${PENDING_PREFIX}${chatId}`, formatTimestamp(nowMs)]]);
  }

  noteGiven(chatId: number, nowMs: number): void {
    this.#pending.set(chatId, nowMs);
  }

  /** The text that ends a plan. */
  footer(): string {
    return planFooter(this.#language());
  }

  /** The executor's check. */
  check(call: CheckedCall) {
    return planModeRefusal(call, this.isPlanning(call.scope.chat.chatId));
  }

  #keys(chatId: number): readonly string[] {
    return [`${MODE_PREFIX}${chatId}`, `${PENDING_PREFIX}${chatId}`];
  }

  #forget(chatId: number): void {
    this.#planning.delete(chatId);
    this.#pending.delete(chatId);
  }
}
