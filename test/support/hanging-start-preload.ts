/** Loaded with `--import` before the program: no server ever begins to listen, so a start hangs as on a dead disk. */
import { Server } from 'node:net';

Server.prototype.listen = function listen(this: Server): Server {
  process.stderr.write('the start hangs\n');
  return this;
};
