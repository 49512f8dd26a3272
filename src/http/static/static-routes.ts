/** Serves the console: the page at `/`, its assets and its icons. All public, `404` where there is no such file. */
import type { Context, Hono } from 'hono';
import { httpErrors } from '../errors.ts';
import { type Answer, answerText, answerWith } from '../exchange/answer.ts';
import { throughHono } from '../exchange/hono-exchange.ts';
import type { HttpEnv } from '../http-env.ts';
import type { AssetFile, WebAssets } from './web-assets.ts';

const NOT_MODIFIED = 304;
const NOT_BUILT =
  'The web console is not built. Run `npm run build`, or `npm start`, which builds it when needed.\n';

/** Adds the routes of the console; without `assets` all of them answer 404. */
export function mountStaticRoutes(app: Hono<HttpEnv>, assets: WebAssets | undefined): void {
  const serve = async (context: Context<HttpEnv>, path: string, fallback?: string) => {
    const encoding = context.req.header('accept-encoding');
    const file = await assets?.find(path, encoding);
    const found = file ?? (fallback === undefined ? undefined : await assets?.find(fallback, encoding));
    if (found !== undefined) return throughHono(respondWithFile(context, found));
    const isPage = path === '/' && assets !== undefined;
    return throughHono(answerText(context, isPage ? NOT_BUILT : 'Not Found', 404));
  };
  for (const path of ['/', '/assets/*', '/icon.png', '/favicon.ico']) {
    const fallback = path === '/favicon.ico' ? '/icon.png' : undefined;
    app.get(path, (context) => serve(context, context.req.path, fallback));
    app.all(path, () => {
      throw httpErrors.create('METHOD_NOT_ALLOWED', 'method not allowed', { data: { allow: 'GET, HEAD' } });
    });
  }
}

function respondWithFile(context: Context<HttpEnv>, file: AssetFile): Answer {
  const { headers } = context.env;
  headers.set('Cache-Control', file.cacheControl);
  headers.set('ETag', file.etag);
  headers.set('Vary', 'Accept-Encoding');
  if (matches(context.req.header('if-none-match'), file.etag)) {
    return answerWith(context, null, { status: NOT_MODIFIED });
  }
  headers.set('Content-Type', file.contentType);
  if (file.contentEncoding !== undefined) headers.set('Content-Encoding', file.contentEncoding);
  return answerWith(context, file.body);
}

function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch === '*' || ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}
