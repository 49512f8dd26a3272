/** Keys of the HTTP server, the browser console and the `web` channel. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { keyedObject } from '../keyed-object.ts';
import {
  block,
  clampedCount,
  count,
  countOrDefault,
  flag,
  mapped,
  optional,
  optionalSecret,
  optionalText,
  section,
  text,
  textList,
  withDefault,
} from '../schema-types.ts';
import { hooksBlock } from './hooks.ts';

const DEFAULT_TRUSTED_PROXIES = ['127.0.0.0/8', '::1'];

function isAddressOrBlock(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  if (bits < 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
}

const addressList = () =>
  z.array(z.string().trim().refine(isAddressOrBlock, 'must be an address or a block such as 10.0.0.0/8'));

const LOOPBACK = '127.0.0.1';

/**
 * An empty host would mean every address of the machine to Node; an IPv6 address may stand in brackets, as in a URL.
 */
function toHost(written: string): string {
  return /^\[(.*)\]$/.exec(written)?.[1] ?? (written || LOOPBACK);
}

/** `hooks_default_session_key` when it is not set. */
export const DEFAULT_HOOK_SESSION_KEY = 'hook:ingress';

const webChannel = () =>
  keyedObject({
    enabled: optional(() => z.boolean(), { description: 'Wins over `web_enabled`.' }),
    auth_token: optionalSecret('As `web_auth_token`, which wins.'),
    trust_x_forwarded_for: flag(
      'Takes the client address from `X-Forwarded-For` when the connection comes from a trusted proxy.',
      false,
    ),
    trusted_proxies: withDefault(addressList, () => [...DEFAULT_TRUSTED_PROXIES], {
      description:
        'Addresses of your proxies, or blocks of them. The client is the last address in the header that is none.',
    }),
    api_key_max_requests_per_window: clampedCount('Requests per API key and window.', 240, {
      min: 10,
      max: 10_000,
    }),
    api_key_rate_window_seconds: clampedCount('Length of that window, in seconds.', 60, {
      min: 1,
      max: 3600,
    }),
    hooks_token: optionalSecret(
      'Token of webhooks (`/hooks/agent`, `/hooks/wake`), 24 characters or more; without one they are closed. Also ' +
        'accepted as `hook_token`.',
    ),
    hooks_default_session_key: text('Session that webhooks write to.', DEFAULT_HOOK_SESSION_KEY),
    hooks_allow_request_session_key: flag('A webhook may name another session.', false),
    hooks_allowed_session_key_prefixes: textList(
      'Beginnings of the sessions it may name; empty allows every one.',
    ),
    bot_username: optionalText('Name of the assistant on this channel.'),
  });

/** Section of the web surface. */
export const webSection = section(
  'Web',
  'The server speaks plain HTTP. Keep it on loopback or put a proxy with TLS in front of it.',
  {
    web_enabled: flag('Starts the HTTP server.', true),
    web_host: mapped(text('Address to listen on.', LOOPBACK), toHost),
    web_port: count('Port to listen on; 0 is any free one.', 10_961, { max: 65_535 }),
    web_allowed_hosts: textList('Further host names the server answers to; `*.` covers subdomains.'),
    web_auth_token: optionalSecret(
      'Bearer token with every right, for clients that predate API keys. An API key with the scopes it needs is safer.',
    ),
    web_max_inflight_per_session: countOrDefault(
      'Runs of one session at the same time, waiting ones included.',
      10,
    ),
    web_max_requests_per_window: countOrDefault(
      'Runs of one session that may be started within the window.',
      8,
    ),
    web_rate_window_seconds: countOrDefault('Length of that window, in seconds.', 10, { max: 86_400 }),
    web_run_history_limit: countOrDefault('Events kept per run for clients that reconnect.', 512, {
      max: 100_000,
    }),
    web_session_idle_ttl_seconds: countOrDefault(
      'When the limits of an idle session are forgotten, in seconds.',
      300,
    ),
    channels: block('Settings per channel.', {
      web: optional(webChannel, { description: 'The browser console and the HTTP API.' }),
      hooks: hooksBlock,
    }),
  },
);
