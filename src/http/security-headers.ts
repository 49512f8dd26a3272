/** Headers of every response that keep a browser from doing what the console never needs. */
import type { Context } from 'hono';
import type { HttpEnv } from './http-env.ts';

/** Nothing inline and nothing from elsewhere; images may also be data URLs. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** Sets them; `Cache-Control: no-store` is replaced by static files. */
export function setSecurityHeaders(context: Context<HttpEnv>): void {
  context.env.headers.set('Content-Security-Policy', CONTENT_SECURITY_POLICY);
  context.env.headers.set('X-Content-Type-Options', 'nosniff');
  context.env.headers.set('X-Frame-Options', 'DENY');
  context.env.headers.set('Referrer-Policy', 'no-referrer');
  context.env.headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  context.env.headers.set('Cross-Origin-Resource-Policy', 'same-origin');
  context.env.headers.set('Cache-Control', 'no-store');
}
