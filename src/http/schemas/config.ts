/** Shapes of the configuration routes. */
import { z } from 'zod';
import { lazyObject } from '../../core/lazy-object.ts';
import { okObject } from './json-body.ts';

const problemSchema = lazyObject(() => ({
  severity: z.enum(['error', 'warning']),
  /** Empty for the file as a whole. */
  key: z.string(),
  message: z.string(),
  line: z.int().nullable(),
}));

export const configSchema = okObject(() => ({
  path: z.string(),
  /** For `If-Match`; also the header `ETag`. */
  etag: z.string(),
  /** Every key of the file with its value or default; credentials are `***`, references as they are written. */
  config: z.record(z.string(), z.unknown()),
  /** Dotted keys that the file sets; the others have their default. */
  written_keys: z.array(z.string()),
  /** What is wrong or doubtful about the file; with an error among them `config` is what is in force. */
  problems: z.array(problemSchema),
  /** Identity files that can be chosen. */
  soul_files: z.array(z.string()),
  /** The file says something else than what is in force. */
  requires_restart: z.boolean(),
}));

export const configPatchSchema = z.lazy(() =>
  z
    .record(z.string(), z.unknown())
    .describe(
      'Keys to change, dotted for one key of a block; absent ones stay, `null` clears, a masked value that comes back ' +
        'keeps what is stored.',
    ),
);

export const configUpdateSchema = okObject(() => ({
  path: z.string(),
  etag: z.string(),
  requires_restart: z.boolean(),
  /** Dotted keys whose new value is in force. */
  applied: z.array(z.string()),
  /** Dotted keys whose new value takes a restart. */
  restart_required: z.array(z.string()),
  /** Fields of features that this version lacks. */
  ignored: z.array(z.string()),
}));

const settingFieldSchema = lazyObject(() => ({
  /** Dotted: `sandbox.mode`. Of an entry the name of the field, empty when the entry is the value itself. */
  key: z.string(),
  kind: z.enum(['flag', 'number', 'text', 'choice', 'list', 'secret', 'secret_list', 'json']),
  description: z.string(),
  /** As `config` shows it; `null` when the key may be absent. */
  default: z.unknown(),
  /** In words, where the default depends on the machine. */
  default_text: z.string().nullable(),
  /** What a `choice` may be. */
  values: z.array(z.string()),
  is_integer: z.boolean(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  /** JSON Schema of a `json` value. */
  schema: z.record(z.string(), z.unknown()).nullable(),
}));

const settingSchema = lazyObject(() => ({
  ...settingFieldSchema.shape,
  /** A change is in force at once; otherwise after a restart. */
  live: z.boolean(),
  /** What the entries of a `json` value are made of; `null` when they may have any form. */
  entries: z.object({ container: z.enum(['list', 'map']), fields: z.array(settingFieldSchema) }).nullable(),
}));

export const configReferenceSchema = okObject(() => ({
  /** The known providers, by id. */
  providers: z.array(z.object({ id: z.string(), default_model: z.string() })),
  sections: z.array(
    z.object({
      title: z.string(),
      introduction: z.string(),
      /** Blocks of the file, by dotted name; `settings` has their keys one by one. */
      blocks: z.array(z.object({ key: z.string(), description: z.string() })),
      settings: z.array(settingSchema),
    }),
  ),
}));

export type ConfigPage = z.infer<typeof configSchema>;

export type ConfigUpdateBody = z.infer<typeof configUpdateSchema>;

export type SettingFieldBody = z.infer<typeof settingFieldSchema>;

export type SettingBody = z.infer<typeof settingSchema>;

export type ConfigReferencePage = z.infer<typeof configReferenceSchema>;

export const configReloadSchema = okObject(() => ({
  /** Dotted keys whose new value is in force. */
  applied: z.array(z.string()),
  /** Dotted keys whose new value takes a restart. */
  restart_required: z.array(z.string()),
  requires_restart: z.boolean(),
}));
