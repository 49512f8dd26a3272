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
  context.header('Content-Security-Policy', CONTENT_SECURITY_POLICY);
  context.header('X-Content-Type-Options', 'nosniff');
  context.header('X-Frame-Options', 'DENY');
  context.header('Referrer-Policy', 'no-referrer');
  context.header('Cross-Origin-Opener-Policy', 'same-origin');
  context.header('Cross-Origin-Resource-Policy', 'same-origin');
  context.header('Cache-Control', 'no-store');
}
