import type { Outcome } from "../verdict.ts";
import { closePayload, opcode } from "../wire/frame.ts";
import type { Event, Peer } from "../wire/peer.ts";
import { describe, type Expected, Remaining } from "./answered.ts";
import { endOfTcp } from "./ending.ts";

/**
 * Awaits that the subject fails the connection, with one of `codes`, after it has answered what came `before`.
 * RFC 6455, 7.1.7: it MUST close, and SHOULD send a Close frame with an appropriate code.
 */
export async function refused(peer: Peer, codes: readonly number[], before: Expected = {}): Promise<Outcome> {
  const first = describe(before);
  const expected = `${first === "" ? "" : `${first}, then `}Close ${codes.join(" or ")} and the end of TCP`;
  const state = new Remaining(before);
  for (;;) {
    const event = await peer.next(expected);
    if (event.kind === "close" || event.kind === "end")
      return await judgeEnd(peer, event, codes, expected, state.done);
    if (!state.take(event)) return { verdict: "failed", expected, seen: `${peer.story}: it went on` };
  }
}

async function judgeEnd(
  peer: Peer,
  event: Event & { kind: "close" | "end" },
  codes: readonly number[],
  expected: string,
  complete: boolean,
): Promise<Outcome> {
  if (event.kind === "close") {
    const payload = event.code === undefined ? "" : closePayload(event.code);
    peer.send({ opcode: opcode.close, payload });
    const { how } = await endOfTcp(peer);
    if (how === undefined)
      return { verdict: "failed", expected, seen: `${peer.story}: it went on after its Close frame` };
  }
  const reasons = [];
  if (event.kind === "end") reasons.push("no Close frame");
  else if (event.code === undefined || !codes.includes(event.code)) reasons.push("another code");
  if (!complete) reasons.push("what came before the violation was not answered");
  const seen = reasons.length === 0 ? peer.story : `${peer.story} (${reasons.join("; ")})`;
  return { verdict: reasons.length === 0 ? "strict" : "lenient", expected, seen };
}
