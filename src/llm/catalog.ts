/**
 * The known providers as data: where they are, what they serve by default, and how they differ from the protocol they
 * speak. A quirk stands here, with its reason, and never as a provider name inside an adapter. An id that is not
 * listed is treated as OpenAI-compatible.
 */
import type { WireProtocol } from './llm-options.ts';

/** How a thinking level is said to a provider; the encodings are in `translation/thinking-parameters.ts`. */
export type ThinkingStyle =
  | 'reasoning_effort'
  | 'openrouter'
  | 'deepseek'
  | 'google'
  | 'alibaba'
  | 'minimax'
  | 'none';

export interface ProviderPreset {
  readonly baseUrl: string;
  readonly defaultModel: string;
  readonly protocol: WireProtocol;
  /** False where the endpoint may well answer without a key. */
  readonly keyRequired: boolean;
  readonly maxTokensParameter: 'max_tokens' | 'max_completion_tokens';
  readonly thinking: ThinkingStyle;
  /** Assistant turns with tool calls must carry reasoning text: `always`, or only while thinking is requested. */
  readonly reasoningBridge: 'always' | 'when_thinking' | 'never';
  /** Accepts `prompt_cache_key`; strict servers reject unknown parameters. */
  readonly promptCacheKey: boolean;
  /** False where the protocol's limit of output tokens is rejected. */
  readonly outputLimit: boolean;
  /** What the provider accepts as the id of a tool call. */
  readonly callIds: 'up_to_40' | 'nine_alphanumerics';
  /** A second header that carries the key, for services that do not read `Authorization`. */
  readonly keyHeader?: string;
}

type PresetRow = Pick<ProviderPreset, 'baseUrl' | 'defaultModel'> & Partial<ProviderPreset>;

const CHAT_DEFAULTS = {
  protocol: 'chat',
  keyRequired: true,
  maxTokensParameter: 'max_tokens',
  thinking: 'reasoning_effort',
  reasoningBridge: 'never',
  promptCacheKey: false,
  outputLimit: true,
  callIds: 'up_to_40',
} as const;

const ROWS: Readonly<Record<string, PresetRow>> = {
  alibaba: {
    baseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
    defaultModel: 'qwen3-max',
    thinking: 'alibaba',
  },
  'aliyun-bailian': {
    baseUrl: 'https://coding.dashscope.aliyuncs.com/v1',
    defaultModel: 'qwen3.5-plus',
    thinking: 'alibaba',
  },
  anthropic: {
    baseUrl: 'https://api.anthropic.com',
    defaultModel: 'claude-sonnet-4-5-20250929',
    protocol: 'anthropic',
  },
  arcee: { baseUrl: 'https://api.arcee.ai/api/v1', defaultModel: 'trinity-large-thinking' },
  azure: {
    baseUrl: 'https://YOUR-RESOURCE.openai.azure.com/openai/deployments/YOUR-DEPLOYMENT',
    defaultModel: 'gpt-5.2',
    // Same models as `openai`, whose reasoning models reject `max_tokens`.
    maxTokensParameter: 'max_completion_tokens',
    // Keys (unlike Entra tokens) are read from this header.
    keyHeader: 'api-key',
  },
  bedrock: {
    baseUrl: 'https://bedrock-runtime.YOUR-REGION.amazonaws.com/openai/v1',
    defaultModel: 'anthropic.claude-opus-4-6-v1',
  },
  cerebras: { baseUrl: 'https://api.cerebras.ai/v1', defaultModel: 'zai-glm-4.7' },
  chutes: { baseUrl: 'https://llm.chutes.ai/v1', defaultModel: 'deepseek-ai/DeepSeek-V3-0324' },
  'cloudflare-ai-gateway': {
    baseUrl: 'https://gateway.ai.cloudflare.com/v1/YOUR-ACCOUNT/YOUR-GATEWAY/openai',
    defaultModel: 'claude-sonnet-4-6',
  },
  cohere: { baseUrl: 'https://api.cohere.ai/compatibility/v1', defaultModel: 'command-a-03-2025' },
  custom: { baseUrl: 'https://api.openai.com/v1', defaultModel: 'custom-model' },
  deepinfra: { baseUrl: 'https://api.deepinfra.com/v1/openai', defaultModel: 'deepseek-ai/DeepSeek-V3.2' },
  deepseek: {
    baseUrl: 'https://api.deepseek.com/v1',
    defaultModel: 'deepseek-chat',
    thinking: 'deepseek',
    // Its thinking mode answers 400 when a tool call comes back without the reasoning that led to it.
    reasoningBridge: 'when_thinking',
  },
  fireworks: {
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    defaultModel: 'accounts/fireworks/routers/kimi-k2p5-turbo',
  },
  google: {
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    defaultModel: 'gemini-2.5-pro',
    thinking: 'google',
    reasoningBridge: 'always',
  },
  groq: { baseUrl: 'https://api.groq.com/openai/v1', defaultModel: 'llama-3.3-70b-versatile' },
  huggingface: { baseUrl: 'https://router.huggingface.co/v1', defaultModel: 'Qwen/Qwen3-Coder-Next' },
  inferrs: { baseUrl: 'http://127.0.0.1:8080/v1', defaultModel: 'google/gemma-4-E2B-it' },
  kilocode: { baseUrl: 'https://api.kilo.ai/api/gateway/', defaultModel: 'kilo/auto' },
  litellm: { baseUrl: 'http://localhost:4000', defaultModel: 'claude-opus-4-6' },
  lmstudio: { baseUrl: 'http://localhost:1234/v1', defaultModel: 'custom-model' },
  minimax: { baseUrl: 'https://api.minimax.io/v1', defaultModel: 'MiniMax-M2.5', thinking: 'minimax' },
  mistral: {
    baseUrl: 'https://api.mistral.ai/v1',
    defaultModel: 'mistral-large-latest',
    // Reasoning is a property of the model here; unknown parameters are rejected.
    thinking: 'none',
    // "Tool call id was call_1 but must be a-z, A-Z, 0-9, with a length of 9."
    callIds: 'nine_alphanumerics',
  },
  moonshot: { baseUrl: 'https://api.moonshot.cn/v1', defaultModel: 'kimi-k2.5' },
  nvidia: { baseUrl: 'https://integrate.api.nvidia.com/v1', defaultModel: 'meta/llama-3.3-70b-instruct' },
  // A local server without accounts.
  ollama: { baseUrl: 'http://127.0.0.1:11434/v1', defaultModel: 'llama3.2', keyRequired: false },
  openai: {
    baseUrl: 'https://api.openai.com/v1',
    defaultModel: 'gpt-5.2',
    // Reasoning models reject `max_tokens`.
    maxTokensParameter: 'max_completion_tokens',
    promptCacheKey: true,
  },
  'openai-codex': {
    baseUrl: 'https://chatgpt.com/backend-api/codex',
    defaultModel: 'gpt-5.3-codex',
    protocol: 'responses',
    // Its key is an access token; a local proxy that signs in by itself needs none.
    keyRequired: false,
    // Answers 400 to `max_output_tokens`.
    outputLimit: false,
    promptCacheKey: true,
  },
  openrouter: {
    baseUrl: 'https://openrouter.ai/api/v1',
    defaultModel: 'openrouter/auto',
    thinking: 'openrouter',
  },
  qianfan: { baseUrl: 'https://qianfan.baidubce.com/v2', defaultModel: 'deepseek-v3.2' },
  'qwen-portal': {
    baseUrl: 'https://portal.qwen.ai/v1',
    defaultModel: 'coder-model',
    thinking: 'alibaba',
    // Its key is an access token; a local proxy that signs in by itself needs none.
    keyRequired: false,
  },
  sglang: { baseUrl: 'http://127.0.0.1:30000/v1', defaultModel: 'custom-model' },
  stepfun: { baseUrl: 'https://api.stepfun.ai/v1', defaultModel: 'step-3.5-flash' },
  synthetic: { baseUrl: 'https://api.synthetic.new/openai/v1', defaultModel: 'hf:openai/gpt-oss-120b' },
  tencent: { baseUrl: 'https://api.hunyuan.cloud.tencent.com/v1', defaultModel: 'hunyuan-t1-latest' },
  together: { baseUrl: 'https://api.together.xyz/v1', defaultModel: 'deepseek-ai/DeepSeek-V3' },
  venice: { baseUrl: 'https://api.venice.ai/api/v1', defaultModel: 'kimi-k2-5' },
  'vercel-ai-gateway': {
    baseUrl: 'https://ai-gateway.vercel.sh/v1',
    defaultModel: 'anthropic/claude-opus-4.6',
  },
  vllm: { baseUrl: 'http://127.0.0.1:8000/v1', defaultModel: 'custom-model' },
  volcengine: {
    baseUrl: 'https://ark.cn-beijing.volces.com/api/v3',
    defaultModel: 'doubao-1.5-pro-256k',
  },
  xai: { baseUrl: 'https://api.x.ai/v1', defaultModel: 'grok-4' },
  xiaomi: { baseUrl: 'https://api.xiaomimimo.com/v1', defaultModel: 'mimo-v2.5-pro' },
  zhipu: { baseUrl: 'https://open.bigmodel.cn/api/paas/v4', defaultModel: 'glm-4.7' },
};

/** Ids of the known providers, sorted. */
export const PROVIDER_IDS: readonly string[] = Object.keys(ROWS).sort();

/** The built-in interpreter: no endpoint, no key, no model to choose. */
const OFFLINE: ProviderPreset = {
  ...CHAT_DEFAULTS,
  baseUrl: '',
  defaultModel: 'offline',
  keyRequired: false,
  thinking: 'none',
};

/** Facts about a provider id; an unknown one is OpenAI-compatible and named like a model of OpenAI by default. */
export function providerPreset(id: string): ProviderPreset {
  if (id === 'offline') return OFFLINE;
  const row = Object.hasOwn(ROWS, id) ? ROWS[id] : undefined;
  if (row === undefined) {
    return { ...CHAT_DEFAULTS, baseUrl: 'https://api.openai.com/v1', defaultModel: 'gpt-5.2' };
  }
  return { ...CHAT_DEFAULTS, ...row };
}
