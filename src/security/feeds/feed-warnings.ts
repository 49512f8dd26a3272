/** What about the host lists an operator should look at. */
import type { SelfCheckWarning } from '../../core/self-check.ts';
import type { FeedStatus } from './feed-source.ts';

/** One warning per list whose latest attempt failed. */
export function feedWarnings(statuses: readonly FeedStatus[]): readonly SelfCheckWarning[] {
  return statuses
    .filter((status) => status.error !== null)
    .map(({ label, mode, entries, error }) => {
      const copy =
        entries === null ? 'it was never read' : `its last copy of ${entries} entries stays in force`;
      return {
        code: 'web_fetch_feed_failed',
        severity: 'medium',
        message: `The ${mode} ${label} could not be read: ${error}; ${copy}.`,
        hint: 'Check its address in web_fetch_url_validation.feed_sync.sources; it is tried again on its own.',
      };
    });
}
