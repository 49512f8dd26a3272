/** Where `microclaw policy` gets its answers: the running server, or the database itself under its lock. */
import { access } from 'node:fs/promises';
import { z } from 'zod';
import { layoutOf } from '../app/data-layout.ts';
import { type PolicyExplanationBody, policyExplanationSchema } from '../http/schemas/policy.ts';
import { toolSchema } from '../http/schemas/runtime.ts';
import type { CommandContext } from './command-context.ts';
import { askServer } from './control-client.ts';
import { cliErrors } from './errors.ts';
import { loadSettings, type Settings } from './load-settings.ts';
import { VERSION } from './version.ts';

/** The body of `POST /api/policy/explain`. */
export interface PolicyQuestionBody {
  readonly tool: string;
  readonly session_key?: string;
  readonly principal?: string;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly tainted?: boolean;
}

const listedTool = toolSchema.pick({ name: true, risk: true, concurrency: true, timeout_secs: true });

export type ListedTool = z.infer<typeof listedTool>;

export interface PolicySource {
  explain(question: PolicyQuestionBody): Promise<PolicyExplanationBody>;
  tools(): Promise<readonly ListedTool[]>;
}

const toolsPage = z.object({ tools: z.array(listedTool) });

/** Raises `MC_CLI_CONTROL_REFUSED`, without a server `MC_CLI_NO_DATABASE` and what an explanation raises. */
export async function withPolicySource<Answer>(
  context: CommandContext,
  use: (source: PolicySource) => Promise<Answer>,
): Promise<Answer> {
  const settings = await loadSettings(context);
  const { controlSocket, databasePath } = layoutOf(settings.config);
  const page = await askServer(controlSocket, { method: 'GET', path: '/api/tools' });
  if (page === undefined) return await withoutServer(context, settings, databasePath, use);
  return await use({
    tools: async () => toolsPage.parse(page).tools,
    async explain(body) {
      const answer = await askServer(controlSocket, { method: 'POST', path: '/api/policy/explain', body });
      if (answer === undefined) throw cliErrors.create('NO_SERVER', 'the server has stopped meanwhile');
      return policyExplanationSchema.parse(answer);
    },
  });
}

async function withoutServer<Answer>(
  { env }: CommandContext,
  settings: Settings,
  databasePath: string,
  use: (source: PolicySource) => Promise<Answer>,
): Promise<Answer> {
  try {
    await access(databasePath); // reading must not make an empty database where there was none
  } catch (cause) {
    throw cliErrors.create('NO_DATABASE', `there is no database at ${databasePath}`, { cause });
  }
  const [{ explainOnce }, { toPolicyBody, toPolicyQuestion }] = await Promise.all([
    import('../app/explain-once.ts'),
    import('../http/routes/policy-routes.ts'),
  ]);
  return await explainOnce({ ...settings, env, version: VERSION }, ({ policy, executor }) =>
    use({
      explain: async (body) => toPolicyBody(await policy.explain(toPolicyQuestion(body))),
      tools: async () =>
        executor.catalog().map(({ name, risk, concurrency, timeoutSecs }) => ({
          name,
          risk,
          concurrency,
          timeout_secs: timeoutSecs,
        })),
    }),
  );
}
