/** Failures of host lists read from elsewhere. */
import { defineErrors } from '../../core/errors.ts';

export const feedErrors = defineErrors('FEED', {
  FETCH_FAILED: {
    kind: 'transient',
    summary: 'A host list was never read and `fail_open` is false, so every address is refused.',
    hint: 'Check web_fetch_url_validation.feed_sync.sources; microclaw doctor shows what is wrong with each.',
  },
  BAD_LIST: {
    kind: 'permanent',
    summary: 'What the server of a host list answered is not a list of hosts.',
    hint: 'Check the address and the format of the source.',
  },
});
