/**
 * The files of the built console.
 *
 * Invariants: only files found in the directory when it was read are served, looked up by their exact path, so no
 * request can name a file outside; hashed assets are cached for ever, everything else is revalidated by its ETag.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';

export interface AssetFile {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly etag: string;
  readonly contentType: string;
  readonly contentEncoding: 'br' | 'gzip' | undefined;
  readonly cacheControl: string;
}

interface IndexedFile {
  readonly path: string;
  readonly encodings: ReadonlySet<string>;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

const ENCODINGS = [
  { name: 'br', suffix: '.br' },
  { name: 'gzip', suffix: '.gz' },
] as const;

/** Bundlers put a content hash of at least eight characters before the extension. */
const HASHED_NAME = /[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;
const IMMUTABLE = 'public, max-age=31536000, immutable';
const REVALIDATE = 'no-cache';
/** Bytes of files kept in memory; larger consoles are read from disk again. */
const MAX_CACHED_BYTES = 4 * 1024 * 1024;

export class WebAssets {
  readonly #root: string;
  readonly #files = new Map<string, AssetFile>();
  #cachedBytes = 0;
  #index: ReadonlyMap<string, IndexedFile> = new Map();
  /** Of `index.html`: a new build changes it. */
  #indexedMtimeMs: number | undefined;

  /** `root`: directory of the built console; it need not exist yet. */
  constructor(root: string) {
    this.#root = root;
  }

  /**
   * The file at a URL path such as `/assets/app-1a2b3c4d.js` (`/` is the page), in the best encoding that
   * `acceptEncoding` allows; `undefined` when there is none.
   */
  async find(urlPath: string, acceptEncoding: string | undefined): Promise<AssetFile | undefined> {
    if (urlPath === '/' || this.#indexedMtimeMs === undefined) await this.#refresh();
    const indexed = this.#index.get(urlPath === '/' ? '/index.html' : urlPath);
    if (indexed === undefined) return undefined;
    const encoding = ENCODINGS.find(
      ({ name }) => indexed.encodings.has(name) && acceptsEncoding(acceptEncoding, name),
    );
    return this.#load(indexed.path, encoding);
  }

  async #load(
    path: string,
    encoding: (typeof ENCODINGS)[number] | undefined,
  ): Promise<AssetFile | undefined> {
    const file = `${path}${encoding?.suffix ?? ''}`;
    const cached = this.#files.get(file);
    if (cached !== undefined) return cached;
    const body = await readIfPresent(file);
    if (body === undefined) return undefined;
    const inAssets = relative(this.#root, path).split(sep)[0] === 'assets';
    const asset: AssetFile = {
      body,
      etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
      contentType: CONTENT_TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream',
      contentEncoding: encoding?.name,
      cacheControl: inAssets && HASHED_NAME.test(path) ? IMMUTABLE : REVALIDATE,
    };
    if (this.#cachedBytes + body.byteLength <= MAX_CACHED_BYTES) {
      this.#cachedBytes += body.byteLength;
      this.#files.set(file, asset);
    }
    return asset;
  }

  /** Reads the directory again when `index.html` is another one than before. */
  async #refresh(): Promise<void> {
    const mtimeMs = await modifiedAt(join(this.#root, 'index.html'));
    if (mtimeMs !== undefined && mtimeMs === this.#indexedMtimeMs) return;
    this.#index = mtimeMs === undefined ? new Map() : await indexDirectory(this.#root);
    this.#indexedMtimeMs = mtimeMs;
    this.#files.clear();
    this.#cachedBytes = 0;
  }
}

async function indexDirectory(root: string): Promise<ReadonlyMap<string, IndexedFile>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const present = new Set(paths);
  return new Map(
    paths.map((path) => {
      const encodings = ENCODINGS.filter(({ suffix }) => present.has(`${path}${suffix}`));
      const url = `/${relative(root, path).split(sep).join('/')}`;
      return [url, { path, encodings: new Set<string>(encodings.map(({ name }) => name)) }];
    }),
  );
}

function acceptsEncoding(header: string | undefined, encoding: string): boolean {
  return (header ?? '').split(',').some((range) => {
    const [name, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    return name === encoding && !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter));
  });
}

async function modifiedAt(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function readIfPresent(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
