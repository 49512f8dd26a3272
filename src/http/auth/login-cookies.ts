/**
 * The two cookies of a login: `mc_session` (the secret, out of reach for scripts) and `mc_csrf` (which the console
 * copies into the header `x-csrf-token`).
 */
import type { Context } from 'hono';
import type { HttpEnv } from '../http-env.ts';

const SESSION_COOKIE = 'mc_session';
const CSRF_COOKIE = 'mc_csrf';

/** The value of the session cookie, if any. */
export function sessionCookie(context: Context<HttpEnv>): string | undefined {
  const header = context.req.header('cookie');
  if (header === undefined) return undefined;
  for (const pair of header.split(';')) {
    const [name, value = ''] = pair.trim().split('=', 2);
    if (name === SESSION_COOKIE && value !== '') return value;
  }
  return undefined;
}

/** Sets both cookies until the login expires. */
export function setLoginCookies(
  context: Context<HttpEnv>,
  values: { readonly session: string; readonly csrf: string; readonly expiresAtMs: number },
): void {
  const attributes = `Path=/; SameSite=Strict; Expires=${new Date(values.expiresAtMs).toUTCString()}`;
  appendCookies(context, `${values.session}; HttpOnly; ${attributes}`, `${values.csrf}; ${attributes}`);
}

/** Removes both cookies. */
export function clearLoginCookies(context: Context<HttpEnv>): void {
  const attributes = 'Path=/; SameSite=Strict; Max-Age=0';
  appendCookies(context, `; HttpOnly; ${attributes}`, `; ${attributes}`);
}

function appendCookies(context: Context<HttpEnv>, session: string, csrf: string): void {
  const secure = arrivedByHttps(context) ? '; Secure' : '';
  context.header('Set-Cookie', `${SESSION_COOKIE}=${session}${secure}`, { append: true });
  context.header('Set-Cookie', `${CSRF_COOKIE}=${csrf}${secure}`, { append: true });
}

/** Only adds an attribute that restricts the cookie, so the client's own words may be believed. */
function arrivedByHttps(context: Context<HttpEnv>): boolean {
  if (context.req.header('x-forwarded-proto')?.trim().toLowerCase() === 'https') return true;
  return ['origin', 'referer'].some((name) => context.req.header(name)?.startsWith('https://') === true);
}
