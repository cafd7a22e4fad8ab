import type { Case } from "./case.ts";

/** One behaviour of the contract: what a user may count on wherever the code runs. */
export interface Behaviour {
  readonly name: string;
  /** With the defaults in brackets. */
  readonly contract: string;
  /** Its cases are those whose names begin so, before the colon. */
  readonly prefixes: readonly string[];
}

/** The rows of docs/behaviour.md, in its order. */
export const behaviours: readonly Behaviour[] = [
  {
    name: "opening",
    contract:
      "A handshake is accepted or refused as RFC 6455 4.2 asks. What comes while `upgrade` or `open` awaits is " +
      "delivered after it, in order; before the 101 at most 16 KiB are kept",
    prefixes: ["handshake", "acceptance"],
  },
  {
    name: "origin",
    contract: "Passes if it is absent, listed, or the request's own host; else 403",
    prefixes: ["origin"],
  },
  {
    name: "who may come in",
    contract:
      "Hosts may be listed, and others are 421; proxies are believed as far as `trustProxy` says; cookies, tokens " +
      "beside a subprotocol, which are never echoed, and tickets reach `upgrade`",
    prefixes: ["hosts", "address", "cookies", "token", "tickets"],
  },
  {
    name: "limits",
    contract:
      "Connections, handshakes, their time and headers, fragments, queues and rates are bounded; each refusal has its " +
      "status or close code, is counted by reason, and frees its place",
    prefixes: ["limits"],
  },
  {
    name: "metrics",
    contract: "Messages, bytes, hooks and closes reach the `Metrics` sink of the server",
    prefixes: ["metrics"],
  },
  {
    name: "subprotocol",
    contract: "The server's first that the client offers; offered but none in common is 400",
    prefixes: ["subprotocol"],
  },
  {
    name: "refusal",
    contract: "The app's `Response` arrives whole, and no hook is called; an `upgrade` that throws is 500",
    prefixes: ["refusal"],
  },
  {
    name: "frameworks",
    contract: "Routing, middleware, cookies and headers work on an upgrade as on any request",
    prefixes: ["apps"],
  },
  {
    name: "messages",
    contract:
      "Of any size up to the limit, in any number of writes and frames, each once, whole and in order",
    prefixes: ["echo"],
  },
  {
    name: "order",
    contract:
      "One call at a time for a connection; an async `message` is awaited before the next. The queue is bounded, and " +
      "reading pauses above it; where it can't, 1013",
    prefixes: ["order", "signal"],
  },
  {
    name: "message size",
    contract: "`maxMessageBytes` [1 MiB] after decompression, checked before memory is taken; 1009",
    prefixes: ["message size"],
  },
  {
    name: "fragments, control frames",
    contract:
      "At most 131,072 fragments a message, else 1008. Pings are answered between fragments; while output is backed " +
      "up only the latest is (RFC 6455 5.5.3)",
    prefixes: ["fragments", "control frames", "ping"],
  },
  {
    name: "violations",
    contract: "What breaks RFC 6455 closes with 1002, and `close` tells so",
    prefixes: ["1002"],
  },
  { name: "text", contract: "Valid UTF-8, failing at the first bad byte; 1007", prefixes: ["1007"] },
  {
    name: "binary",
    contract: "A `Uint8Array` that is the handler's own and never rewritten; `send` takes a snapshot",
    prefixes: ["binary"],
  },
  {
    name: "keepalive",
    contract:
      "A ping after `pingIntervalMs` [25 s] without a byte received, not counting time in which reading was paused; " +
      "nothing for as long again: dropped, and `close` sees 1006",
    prefixes: ["keepalive"],
  },
  {
    name: "slow consumer",
    contract:
      "Above `maxBufferedBytes` [4 MiB] the policy decides: `close` with 1013 [default], `drop`, or `latest` by key",
    prefixes: ["slow consumer"],
  },
  {
    name: "backpressure",
    contract:
      "`send` returns false above `highWaterMarkBytes` [64 KiB]; `drain` comes once it is below; `drained()` resolves " +
      "then, and rejects when the connection closes",
    prefixes: ["backpressure"],
  },
  {
    name: "close",
    contract:
      "Exactly once, after the last message, with code and reason of the first close frame, else 1006. Codes that must " +
      "not be sent throw. A peer that does not answer is dropped after `closeTimeoutMs` [5 s]",
    prefixes: ["close"],
  },
  {
    name: "expiry",
    contract: "At `expiresAt` the connection is closed with 3000",
    prefixes: ["expiry"],
  },
  {
    name: "a handler throws",
    contract:
      "1011 with an empty reason; `error` gets the exception, the process stays up, nothing of it is told",
    prefixes: ["throw"],
  },
  {
    name: "compression",
    contract: "Off; agreed to where the endpoint and the client want it (RFC 7692), within its limits",
    prefixes: ["compression"],
  },
  {
    name: "topics",
    contract: "`publish` reaches each subscriber of the process; a message to many is encoded once",
    prefixes: ["topics", "fan-out"],
  },
  {
    name: "shutdown",
    contract:
      "No new connections (503); every client is closed with 1012 and `retry=<ms>`, spread over the time; requests " +
      "are finished; what takes too long is cut off",
    prefixes: ["shutdown"],
  },
  {
    name: "rooms",
    contract: "One event at a time; what a turn does happens as one when it ends, or not at all",
    prefixes: ["rooms"],
  },
  { name: "many at once", contract: "A thousand connections behave as one does", prefixes: ["crowd"] },
];

/** The behaviour that a case proves; a case of none fails the tests. */
export function behaviourOf({ name }: Case): Behaviour | undefined {
  const [prefix] = name.split(":", 1);
  return behaviours.find(({ prefixes }) => prefixes.includes(prefix));
}
