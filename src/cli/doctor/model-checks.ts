/** Whether there is a model to talk to. Asks it only with `--online`. */
import { modelOptions } from '../../app/model-options.ts';
import type { Config } from '../../config/config.ts';
import { systemClock } from '../../core/clock.ts';
import { errorMessage, MicroclawError } from '../../core/errors.ts';
import { checkModel } from '../model-check.ts';
import { VERSION } from '../version.ts';
import type { DoctorCheck, DoctorFacts } from './check.ts';

const CHECK = { id: 'llm.credentials', title: 'Language model' } as const;
const PROBE_TIMEOUT_MS = 30_000;
/** Codes that say the credentials or the account are wrong, not the network. */
const AUTH_CODES: ReadonlySet<string> = new Set(['MC_LLM_AUTH', 'MC_LLM_QUOTA', 'MC_LLM_NOT_CONFIGURED']);

/** Provider, model and key; with `--online` also one tiny request. */
export async function modelChecks(facts: DoctorFacts): Promise<readonly DoctorCheck[]> {
  const { configuration, context, online } = facts;
  if (configuration instanceof Error || configuration.config === undefined) return [];
  const model = checkModel(configuration.config, context.env);
  if (model.offline) {
    const fix = 'set llm_provider and api_key, or ANTHROPIC_API_KEY, OPENAI_API_KEY or OPENROUTER_API_KEY';
    return [{ ...CHECK, status: 'miss', detail: 'the offline command interpreter answers', fix }];
  }
  if (model.problem !== undefined) return [{ ...CHECK, status: 'fail', detail: model.problem }];
  const name = `${model.provider} · ${model.model}`;
  if (!online) return [{ ...CHECK, status: 'pass', detail: `${name} (not asked; --online does)` }];
  return [await probe(configuration.config, context.env, name)];
}

async function probe(config: Config, env: DoctorFacts['context']['env'], name: string): Promise<DoctorCheck> {
  const { ModelService } = await import('../../llm/model-service.ts');
  const service = new ModelService({
    options: { ...modelOptions(config, env), retry: { maxRetries: 0, maxDelayMs: 0 } },
    extraProviders: {},
    clock: systemClock,
    version: VERSION,
    proxyEnv: env,
  });
  try {
    const request = {
      requestKind: 'agent_loop',
      system: [{ text: 'Answer with one word.', stable: true }],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
      tools: [],
      thinking: 'off',
      maxTokens: 64,
    } as const;
    await service.generate(request, () => {}, AbortSignal.timeout(PROBE_TIMEOUT_MS));
    return { ...CHECK, status: 'pass', detail: `${name} answered` };
  } catch (error) {
    const isAuth = error instanceof MicroclawError && AUTH_CODES.has(error.code);
    const hint = error instanceof MicroclawError ? error.hint : undefined;
    const detail = `${name}: ${errorMessage(error)}`;
    return {
      ...CHECK,
      status: isAuth ? 'fail' : 'warn',
      detail,
      ...(hint === undefined ? {} : { fix: hint }),
    };
  } finally {
    service.stop();
  }
}
