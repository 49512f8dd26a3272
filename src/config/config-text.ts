/** The bytes of a configuration file as text. */
import { isUtf8 } from 'node:buffer';
import { configErrors } from './errors.ts';

/** Raises `MC_CONFIG_UNREADABLE` for other encodings, whose letters would be lost when the file is written again. */
export function decodeConfig(bytes: Buffer, path: string): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  throw configErrors.create('UNREADABLE', `cannot read ${path}: it is not UTF-8 text`, {
    hint: 'Save the file in the encoding UTF-8 (an editor of Windows may have used another one).',
  });
}
