/** Token and cost figures of one chat and of the whole runtime, for `/usage` and `GET /api/usage`. */
import { type Clock, formatTimestamp } from '../core/clock.ts';
import type { ModelUsage, UsageRepository, UsageTotals } from '../storage/repositories/usage-repository.ts';

export interface UsageWindows {
  readonly allTime: UsageTotals;
  readonly last24h: UsageTotals;
  readonly last7d: UsageTotals;
  /** Busiest models of the last seven days first. */
  readonly byModel: readonly ModelUsage[];
}

export interface UsageReport {
  readonly chat: UsageWindows;
  readonly global: UsageWindows;
  /** The same for people. */
  readonly text: string;
}

const DAY_MS = 86_400_000;
const MODELS_SHOWN = 4;

/** `includeGlobal: false` leaves the figures of other chats out of the text (they are for operators). */
export async function buildUsageReport(
  usage: UsageRepository,
  clock: Clock,
  chatId: number,
  includeGlobal: boolean,
): Promise<UsageReport> {
  const [chat, global] = await Promise.all([windows(usage, clock, chatId), windows(usage, clock, null)]);
  const sections = [section('This chat', chat), ...(includeGlobal ? [section('All chats', global)] : [])];
  return { chat, global, text: ['Token usage', ...sections].join('\n\n') };
}

async function windows(usage: UsageRepository, clock: Clock, chatId: number | null): Promise<UsageWindows> {
  const since = (ms: number) => formatTimestamp(clock.now() - ms);
  const [allTime, last24h, last7d, byModel] = await Promise.all([
    usage.totals(chatId, null),
    usage.totals(chatId, since(DAY_MS)),
    usage.totals(chatId, since(7 * DAY_MS)),
    usage.byModel(chatId, since(7 * DAY_MS)),
  ]);
  return { allTime, last24h, last7d, byModel };
}

function section(title: string, figures: UsageWindows): string {
  const models = figures.byModel.slice(0, MODELS_SHOWN).map((model) => `  - ${model.model}: ${line(model)}`);
  return [
    `**${title}**`,
    `- last 24 h: ${line(figures.last24h)}`,
    `- last 7 days: ${line(figures.last7d)}`,
    `- all time: ${line(figures.allTime)}`,
    ...(models.length === 0 ? [] : ['- models (7 days):', ...models]),
  ].join('\n');
}

function line(totals: UsageTotals): string {
  const cost = totals.costMicroUsd === null ? '' : `, $${(totals.costMicroUsd / 1e6).toFixed(4)}`;
  return `${totals.requests} requests, ${totals.inputTokens} in (${totals.cacheReadTokens} cached) + ${totals.outputTokens} out${cost}`;
}
