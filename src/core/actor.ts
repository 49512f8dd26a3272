/** Who asked for something. Used for audit, rate limits and run ownership. */

export interface Actor {
  /**
   * `operator`: a login session; `api_key`: an API key; `local`: a command on this machine (CLI, control socket);
   * `channel_user`, `peer`, `scheduler`, `subagent`, `hook`: as named.
   */
  readonly kind:
    | 'operator'
    | 'api_key'
    | 'local'
    | 'channel_user'
    | 'peer'
    | 'scheduler'
    | 'subagent'
    | 'hook';
  /** Stable and free of secrets: `api-key:3`, `session:1f2e3d4c` (a hash), `cli`, … */
  readonly id: string;
}
