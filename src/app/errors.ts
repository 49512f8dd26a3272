/** Error codes of starting and stopping the program. */
import { defineErrors } from '../core/errors.ts';

export const appErrors = defineErrors('APP', {
  UNSAFE_BIND: {
    kind: 'config',
    summary: 'The server was to listen beyond this machine while nobody has to sign in yet.',
    hint: 'Set a password first (`microclaw web password-generate`), or set web_host to 127.0.0.1.',
  },
  EGRESS_RULE_INVALID: {
    kind: 'config',
    summary: 'An entry of `egress_policy` is neither a host, `*.` and a host, nor a block of addresses.',
    hint: 'Write hosts without scheme, port and path: `api.example.com`, `*.example.com`, `10.0.0.0/8`.',
  },
  ENDPOINT_BLOCKED: {
    kind: 'config',
    summary: 'The configuration names an address that its own `egress_policy` forbids.',
    hint: 'Add the host to egress_policy.allow_hosts (an exact entry may be private), or remove the endpoint.',
  },
});
