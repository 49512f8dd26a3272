/** `GET /api/usage`: tokens and cost of a chat and of the whole runtime. */
import { buildUsageReport, type UsageWindows } from '../../agent/usage-report.ts';
import type { UsageTotals } from '../../storage/repositories/usage-repository.ts';
import { defineRoute, type MountableRoute } from '../route.ts';
import {
  type UsageTotalsBody,
  type UsageWindowsBody,
  usageQuerySchema,
  usageSchema,
} from '../schemas/usage.ts';
import type { HttpServices } from '../services.ts';

const MICRO_USD = 1_000_000;

/** There are no structured memories in this build. */
const NO_MEMORIES = {
  total: 0,
  active: 0,
  archived: 0,
  low_confidence: 0,
  avg_confidence: 0,
  reflector_runs_24h: 0,
  reflector_inserted_24h: 0,
  reflector_updated_24h: 0,
  reflector_skipped_24h: 0,
  injection_events_24h: 0,
  injection_selected_24h: 0,
  injection_candidates_24h: 0,
};

export function usageRoutes({ directory, repositories, clock }: HttpServices): readonly MountableRoute[] {
  const route = defineRoute(
    {
      method: 'get',
      paths: ['/api/usage'],
      summary: 'Tokens and cost of a session and of all sessions',
      tag: 'usage',
      access: { kind: 'scope', scope: 'operator.read' },
      query: usageQuerySchema,
      response: usageSchema,
    },
    async ({ query }) => {
      const { chat, sessionKey } = await directory.require(query.session_key);
      const report = await buildUsageReport(repositories.usage, clock, chat.chatId, true);
      return {
        ok: true,
        session_key: sessionKey,
        chat_id: chat.chatId,
        report: report.text,
        usage: { chat: toWindows(report.chat), global: toWindows(report.global) },
        memory_observability: NO_MEMORIES,
      } as const;
    },
  );
  return [route];
}

function toWindows(windows: UsageWindows): UsageWindowsBody {
  return {
    all_time: toTotals(windows.allTime),
    last_24h: toTotals(windows.last24h),
    last_7d: toTotals(windows.last7d),
    by_model: windows.byModel.map((usage) => ({
      provider: usage.provider,
      model: usage.model,
      ...toTotals(usage),
    })),
  };
}

function toTotals(totals: UsageTotals): UsageTotalsBody {
  return {
    requests: totals.requests,
    input_tokens: totals.inputTokens,
    output_tokens: totals.outputTokens,
    cache_read_tokens: totals.cacheReadTokens,
    cache_write_tokens: totals.cacheWriteTokens,
    total_tokens: totals.totalTokens,
    cost_usd: (totals.costMicroUsd ?? 0) / MICRO_USD,
  };
}
