/** Shapes of the configuration routes. */
import { z } from 'zod';
import { okSchema } from './json-body.ts';

export const configSchema = okSchema.extend({
  path: z.string(),
  /** For `If-Match`; also the header `ETag`. */
  etag: z.string(),
  /** Every key of the file with its value or default; credentials are `***`, references as they are written. */
  config: z.record(z.string(), z.unknown()),
  /** Identity files that can be chosen. */
  soul_files: z.array(z.string()),
  /** The file says something else than what is in force. */
  requires_restart: z.boolean(),
});

export const configPatchSchema = z
  .record(z.string(), z.unknown())
  .describe(
    'Keys to change; absent ones stay, `null` clears, a masked value that comes back keeps what is stored.',
  );

export const configUpdateSchema = okSchema.extend({
  path: z.string(),
  etag: z.string(),
  requires_restart: z.boolean(),
  /** Dotted keys whose new value is in force. */
  applied: z.array(z.string()),
  /** Dotted keys whose new value takes a restart. */
  restart_required: z.array(z.string()),
  /** Fields of features that this version lacks. */
  ignored: z.array(z.string()),
});
