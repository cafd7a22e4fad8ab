import { repeatedFrame } from "../frames.ts";
import { payloadOf, receiversOf, type Workload } from "../workload.ts";
import type { Peer } from "./peer.ts";

/** Keeps a workload's number of messages in flight on connections that are open, until it is stopped. */
export class Traffic {
  sent = 0;
  received = 0;

  readonly #workload: Workload;
  readonly #peers: readonly Peer[];
  /** By the number of frames. */
  readonly #batches: readonly Buffer[];
  #stopping = false;
  #finished: (() => void) | undefined;

  constructor(workload: Workload, peers: readonly Peer[]) {
    this.#workload = workload;
    this.#peers = peers;
    const frames = repeatedFrame(payloadOf(workload), workload.inFlight, true);
    const frameBytes = frames.length / workload.inFlight;
    this.#batches = Array.from({ length: workload.inFlight + 1 }, (_, count) =>
      frames.subarray(0, count * frameBytes),
    );
  }

  /** The number of frames that have to come back for what was sent. */
  get expected(): number {
    return this.sent * receiversOf(this.#workload);
  }

  start(): void {
    const { kind, inFlight } = this.#workload;
    const hear = kind === "fan" ? this.#hearFan : this.#hearEcho;
    for (const peer of this.#peers) peer.onMessages = (count) => hear(peer, count);
    for (const peer of kind === "fan" ? this.#peers.slice(0, 1) : this.#peers) this.#send(peer, inFlight);
  }

  /** Sends nothing more, and resolves when all that was sent has come back. */
  stop(): Promise<void> {
    this.#stopping = true;
    return new Promise((resolve) => {
      this.#finished = resolve;
      this.#checkFinished();
    });
  }

  #send(peer: Peer, count: number): void {
    this.sent += count;
    peer.write(this.#batches[count]);
  }

  readonly #hearEcho = (peer: Peer, count: number): void => {
    this.received += count;
    if (this.#stopping) this.#checkFinished();
    else this.#send(peer, count);
  };

  /** A message is in flight until the last connection has it; the first one sends them all. */
  readonly #hearFan = (_peer: Peer, count: number): void => {
    this.received += count;
    if (this.#stopping) {
      this.#checkFinished();
      return;
    }
    const { connections, inFlight } = this.#workload;
    const room = inFlight - (this.sent - Math.floor(this.received / connections));
    if (room > 0) this.#send(this.#peers[0], room);
  };

  #checkFinished(): void {
    if (this.received > this.expected) throw new Error("more messages came back than were sent");
    if (this.received === this.expected) this.#finished?.();
  }
}
