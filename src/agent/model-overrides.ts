/**
 * Which model and thinking level a chat uses when it was changed by `/model`, `/provider` or `/thinking`.
 *
 * Kept in `db_meta` (`model_override:chat:<id>`, `model_override:channel:<channel>`, `thinking:<id>`), so a choice
 * survives a restart; a copy in memory makes reading free. A chat's own choice wins over its channel's.
 */
import { z } from 'zod';
import type { ChatRef } from '../core/chat.ts';
import { parseJson } from '../core/json.ts';
import { lazyObject } from '../core/lazy-object.ts';
import type { ThinkingLevel } from '../llm/model-port.ts';
import type { MetaRepository } from '../storage/repositories/meta-repository.ts';

const overrideSchema = lazyObject(() => ({
  providerAlias: z.string().optional(),
  model: z.string().optional(),
}));

export interface ModelOverride {
  readonly providerAlias?: string;
  readonly model?: string;
}

/** Whose choice it is. */
export type OverrideScope = 'chat' | 'channel';

const MODEL_PREFIX = 'model_override:';
const THINKING_PREFIX = 'thinking:';

export class ModelOverrides {
  readonly #meta: MetaRepository;
  readonly #models = new Map<string, ModelOverride>();
  readonly #thinking = new Map<number, ThinkingLevel>();

  constructor(meta: MetaRepository) {
    this.#meta = meta;
  }

  /** Reads the stored choices; call once before the first turn. */
  async load(): Promise<void> {
    const [models, levels] = await Promise.all([
      this.#meta.listByPrefix(MODEL_PREFIX),
      this.#meta.listByPrefix(THINKING_PREFIX),
    ]);
    for (const { key, value } of models) {
      const parsed = overrideSchema.safeParse(parseJson(value));
      if (parsed.success) this.#models.set(key.slice(MODEL_PREFIX.length), compact(parsed.data));
    }
    for (const { key, value } of levels) {
      if (isThinkingLevel(value)) this.#thinking.set(Number(key.slice(THINKING_PREFIX.length)), value);
    }
  }

  modelOf(chat: ChatRef): ModelOverride {
    return this.#models.get(scopeKey('chat', chat)) ?? this.#models.get(scopeKey('channel', chat)) ?? {};
  }

  /** What was chosen for that scope alone; empty when nothing was. */
  chosenFor(scope: OverrideScope, chat: ChatRef): ModelOverride {
    return this.#models.get(scopeKey(scope, chat)) ?? {};
  }

  thinkingOf(chat: ChatRef): ThinkingLevel {
    return this.#thinking.get(chat.chatId) ?? 'off';
  }

  async setModel(scope: OverrideScope, chat: ChatRef, override: ModelOverride): Promise<void> {
    const key = scopeKey(scope, chat);
    await this.#meta.set(`${MODEL_PREFIX}${key}`, JSON.stringify(override));
    this.#models.set(key, override);
  }

  async clearModel(scope: OverrideScope, chat: ChatRef): Promise<void> {
    const key = scopeKey(scope, chat);
    await this.#meta.delete(`${MODEL_PREFIX}${key}`);
    this.#models.delete(key);
  }

  async setThinking(chat: ChatRef, level: ThinkingLevel): Promise<void> {
    await this.#meta.set(`${THINKING_PREFIX}${chat.chatId}`, level);
    this.#thinking.set(chat.chatId, level);
  }
}

function scopeKey(scope: OverrideScope, chat: ChatRef): string {
  return scope === 'chat' ? `chat:${chat.chatId}` : `channel:${chat.channel}`;
}

function isThinkingLevel(value: string): value is ThinkingLevel {
  return value === 'off' || value === 'low' || value === 'medium' || value === 'high';
}

function compact(value: z.infer<typeof overrideSchema>): ModelOverride {
  return {
    ...(value.providerAlias === undefined ? {} : { providerAlias: value.providerAlias }),
    ...(value.model === undefined ? {} : { model: value.model }),
  };
}
