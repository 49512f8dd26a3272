/** `X-RateLimit-Limit`, `-Remaining` and `-Reset` (whole seconds until the window ends). */
import type { Context } from 'hono';
import type { HttpEnv } from '../http-env.ts';
import type { WindowState } from './window-counter.ts';

/** Sets them; the limit that concerns the route most is set last and wins. */
export function setRateLimitHeaders(context: Context<HttpEnv>, window: WindowState): void {
  context.env.headers.set('X-RateLimit-Limit', String(window.limit));
  context.env.headers.set('X-RateLimit-Remaining', String(window.remaining));
  context.env.headers.set('X-RateLimit-Reset', String(Math.ceil(window.resetMs / 1000)));
}
