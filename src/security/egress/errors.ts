/**
 * Failures of requests to untrusted destinations. Messages are safe to show to a model: they hold no headers or bodies.
 */
import { defineErrors } from '../../core/errors.ts';

export const egressErrors = defineErrors('EGRESS', {
  BLOCKED: {
    kind: 'user',
    summary:
      'The URL policy refused a destination, before or at the moment of connecting; `data.rule` names the rule.',
    hint: 'The operator can list the host in web_fetch_url_validation.allowlist_hosts.',
  },
  DNS_FAILED: {
    kind: 'transient',
    summary: 'A host name could not be resolved in time, or has no addresses.',
    hint: 'Check the spelling of the host and the DNS settings of this machine.',
  },
  CONNECT_FAILED: {
    kind: 'transient',
    summary: 'The connection was refused, broke, or its certificate was not valid.',
    hint: 'Check that the server is up and its certificate is valid.',
  },
  TIMEOUT: {
    kind: 'transient',
    summary: 'The request, redirects included, did not finish before its deadline.',
    hint: 'Pass a larger timeout_secs or raise tool_timeout_overrides.web_fetch.',
  },
  TOO_MANY_REDIRECTS: {
    kind: 'permanent',
    summary: 'The server redirected more often than allowed.',
    hint: 'Request the final address directly.',
  },
  BAD_REDIRECT: {
    kind: 'permanent',
    summary: 'A redirect has no usable Location header.',
    hint: 'Request the final address directly.',
  },
  BAD_BODY: {
    kind: 'permanent',
    summary: 'The response body could not be decoded, or uses an unknown encoding.',
    hint: 'Try another address of the same content.',
  },
});
