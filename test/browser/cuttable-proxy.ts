/** A TCP proxy whose connections a test can cut, and which can be pointed at a restarted server. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface CuttableProxy {
  readonly url: string;
  /** Breaks every connection and refuses new ones. */
  cut(): void;
  /** Lets connections through again, to `targetUrl` when given. */
  restore(targetUrl?: string): void;
  stop(): Promise<void>;
}

export async function startCuttableProxy(firstTargetUrl: string): Promise<CuttableProxy> {
  let target = new URL(firstTargetUrl);
  let isCut = false;
  const sockets = new Set<Socket>();
  const track = (socket: Socket, peer: () => Socket) => {
    sockets.add(socket);
    socket.on('error', () => peer().destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      peer().destroy();
    });
  };
  const server = createServer((client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const upstream = connect(Number(target.port), target.hostname);
    track(client, () => upstream);
    track(upstream, () => client);
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // listening on TCP
    cut,
    restore: (targetUrl) => {
      if (targetUrl !== undefined) target = new URL(targetUrl);
      isCut = false;
    },
    stop: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
