/**
 * The two cookies of a login: `mc_session` (the secret, out of reach for scripts) and `mc_csrf` (which the console
 * copies into the header `x-csrf-token`).
 */
import type { Context } from 'hono';
import type { HttpEnv } from '../http-env.ts';

const SESSION_COOKIE = 'mc_session';
const CSRF_COOKIE = 'mc_csrf';

/**
 * The value of the session cookie, if there is one. Two different ones are none: the browser does not say which of them
 * this server set, and the other may come from a neighbour (a page on another port or a sibling domain).
 */
export function sessionCookie(context: Context<HttpEnv>): string | undefined {
  const values = new Set<string>();
  for (const pair of context.req.header('cookie')?.split(';') ?? []) {
    const text = pair.trim();
    if (text.startsWith(`${SESSION_COOKIE}=`)) values.add(text.slice(SESSION_COOKIE.length + 1));
  }
  values.delete('');
  const [value, another] = values;
  return another === undefined ? value : undefined;
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
  context.env.headers.append('Set-Cookie', `${SESSION_COOKIE}=${session}${secure}`);
  context.env.headers.append('Set-Cookie', `${CSRF_COOKIE}=${csrf}${secure}`);
}

/** Only adds an attribute that restricts the cookie, so the client's own words may be believed. */
function arrivedByHttps(context: Context<HttpEnv>): boolean {
  if (context.req.header('x-forwarded-proto')?.trim().toLowerCase() === 'https') return true;
  return ['origin', 'referer'].some((name) => context.req.header(name)?.startsWith('https://') === true);
}
