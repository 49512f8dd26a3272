/** The one-time token of a fresh server, handed over in the fragment of its printed link. */

/** The token of `#bootstrap=<token>`, `null` when the address has none. */
export function bootstrapTokenOf(hash: string): string | null {
  return new URLSearchParams(hash.replace(/^#/, '')).get('bootstrap') || null;
}

/** Takes the token out of the address bar and the history entry. */
export function removeBootstrapToken(): void {
  window.history.replaceState(null, '', window.location.pathname + window.location.search);
}
