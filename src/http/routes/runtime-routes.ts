/** What the runtime is: version, model, tools. */
import { defineRoute, type MountableRoute } from '../route.ts';
import { runtimeSchema, toolsSchema } from '../schemas/runtime.ts';
import type { HttpServices } from '../services.ts';

const READ = { kind: 'scope', scope: 'operator.read' } as const;

export function runtimeRoutes(services: HttpServices): readonly MountableRoute[] {
  const startedAt = services.clock.monotonic();
  const runtime = defineRoute(
    {
      method: 'get',
      paths: ['/api/runtime'],
      summary: 'Version, uptime and the model that answers',
      tag: 'runtime',
      access: READ,
      response: runtimeSchema,
    },
    async () => {
      const { provider, model, offline } = services.model.describe();
      const uptimeSeconds = Math.floor((services.clock.monotonic() - startedAt) / 1000);
      return {
        ok: true,
        version: services.version,
        uptime_seconds: uptimeSeconds,
        model: { provider, model, offline },
      } as const;
    },
  );
  const tools = defineRoute(
    {
      method: 'get',
      paths: ['/api/tools'],
      summary: 'Registered tools with their effective timeouts',
      tag: 'runtime',
      access: READ,
      response: toolsSchema,
    },
    async () => {
      const catalog = services.tools.catalog().map((tool) => ({
        name: tool.name,
        description: tool.description,
        risk: tool.risk,
        concurrency: tool.concurrency,
        timeout_secs: tool.timeoutSecs,
        timeout_source: tool.timeoutSource,
      }));
      return { ok: true, tools: catalog } as const;
    },
  );
  return [runtime, tools];
}
