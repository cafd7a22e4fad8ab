import type { Peer } from "../wire/peer.ts";
import type { End } from "../wire/stream.ts";

/**
 * Awaits the end of TCP after both sides have sent a Close frame. RFC 6455, 7.1.1: a server ends it first, so the
 * tool does when it is the server. `how` is undefined where a frame came instead.
 */
export async function endOfTcp(peer: Peer): Promise<{ how: End | undefined; tookMs: number }> {
  const start = performance.now();
  if (peer.role === "server") peer.stream.finish();
  const event = await peer.next("the end of TCP after both Close frames");
  if (peer.role === "client") peer.stream.finish();
  return { how: event.kind === "end" ? event.how : undefined, tookMs: performance.now() - start };
}
