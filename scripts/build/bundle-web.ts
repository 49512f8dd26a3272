/** Builds the console with vite and stores compressed copies beside its files, so that the server never compresses. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { glob, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const brotli = promisify(brotliCompress);
const gzipBytes = promisify(gzip);
const COMPRESSIBLE = '**/*.{js,css,html,svg,json,txt,webmanifest}';
/** Below this the headers cost more than compression saves. */
const MIN_BYTES = 512;

/** Builds `web/` into `outDir`. */
export async function bundleWeb(root: string, outDir: string): Promise<void> {
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'warn', '--outDir', outDir], {
    cwd: join(root, 'web'),
    stdio: ['ignore', 2, 2],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`the build of the console failed (exit code ${code})`);
  await precompress(outDir);
}

/** Writes `.gz` and `.br` beside every text file for which that saves something. */
export async function precompress(directory: string): Promise<void> {
  for await (const name of glob(COMPRESSIBLE, { cwd: directory })) {
    const path = join(directory, name);
    const content = await readFile(path);
    if (content.length < MIN_BYTES) continue;
    const options = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
    await writeFile(`${path}.gz`, await gzipBytes(content, { level: constants.Z_BEST_COMPRESSION }));
    await writeFile(`${path}.br`, await brotli(content, options));
  }
}
