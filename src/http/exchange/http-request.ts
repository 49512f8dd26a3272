/** A request as the application takes it, whatever brought it. */
export interface HttpRequest {
  /** In upper case. */
  readonly method: string;
  /** Path and query as sent, beginning with `/`. */
  readonly target: string;
  /** The address of the other end; `undefined` without a network connection. */
  readonly remoteAddress: string | undefined;
  /** It came over the control socket: its sender may read the data directory, so it may do everything. */
  readonly isLocal: boolean;
  /** Aborted when the client leaves before the answer is complete. */
  readonly signal: AbortSignal;
  /** `name` in lower case. A line that came twice counts once, or joined by commas where HTTP allows lists. */
  header(name: string): string | undefined;
  /**
   * The whole body, decoded as UTF-8; `undefined` when it is larger than `maxBytes`: then the rest is not kept. To be
   * called once. Rejects with `MC_HTTP_INVALID_REQUEST` when the client leaves before the end.
   */
  readText(maxBytes: number): Promise<string | undefined>;
}
