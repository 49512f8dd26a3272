/**
 * The egress client of the program: its code, with TLS and the decoders, is loaded at the first request, because most
 * starts never make one and loading costs as much as a tenth of them.
 */
import type { EgressClient } from './egress-client.ts';

/** Behaves as `createEgressClient()`. */
export function createLazyEgressClient(): EgressClient {
  let loading: Promise<EgressClient> | undefined;
  const load = async () => (await import('./egress-client.ts')).createEgressClient();
  return {
    async fetch(request) {
      loading ??= load();
      return (await loading).fetch(request);
    },
  };
}
