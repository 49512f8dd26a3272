/** What travels with a request through the application. */
import type { HttpBindings } from '@hono/node-server';

export interface HttpEnv {
  /** Given by the server; all absent in requests made without a socket. */
  Bindings: Partial<HttpBindings> & {
    /** The request came over the control socket: its sender may read the data directory, so it may do everything. */
    readonly local?: true;
  };
}
