import { defaultOf } from "../endpoint/limits.ts";
import { WirehallError } from "../errors.ts";
import type { HostMember } from "./host.ts";

/** The most bytes that the effects of one turn may hold. */
const MAX_TURN_BYTES = defaultOf("maxTurnBytes");

/**
 * The handling of one event by a room: its effects are held until it ends, then committed as one and released, or
 * dropped when it throws.
 */
export class Turn {
  readonly #states = new Map<HostMember, unknown>();
  #releases: (() => void)[] = [];
  #bytes = 0;

  /** The member's state is kept when the turn commits. The value must be the turn's own. */
  keepState(member: HostMember, state: unknown): void {
    this.#states.set(member, state);
  }

  /** What is done, in order, once the turn has committed; `bytes` is what it holds till then. */
  hold(bytes: number, release: () => void): void {
    if (this.#bytes + bytes > MAX_TURN_BYTES) {
      throw new WirehallError(
        "TURN_TOO_LARGE",
        `the effects of this turn hold ${this.#bytes + bytes} bytes: the limit is ${MAX_TURN_BYTES}`,
      );
    }
    this.#bytes += bytes;
    this.#releases.push(release);
  }

  commit(): void {
    for (const [member, state] of this.#states) member.keepState(state);
  }

  release(): void {
    const releases = this.#releases;
    this.#releases = [];
    for (const release of releases) release();
  }
}
