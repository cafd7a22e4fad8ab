import { Stranger, type StrangerRequest } from "./stranger.ts";

const ATTACKERS_ADDRESS = "127.0.0.66";

/** Where an attack takes place. */
export class Arena {
  readonly port: number;
  /** How many attackers there are at a time. */
  readonly attackers: number;
  /** By status of the answer, or `none`: what the attackers' handshakes came to. */
  readonly answers: Map<number | "none", number> = new Map();
  readonly #strangers = new Set<Stranger>();
  #isOver = false;

  constructor(port: number, attackers: number) {
    this.port = port;
    this.attackers = attackers;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  answered(status: number | "none"): number {
    return this.answers.get(status) ?? 0;
  }

  /** A TCP connection, from an address that no honest client has. */
  connect(): Stranger {
    const stranger = new Stranger(this.port, { localAddress: ATTACKERS_ADDRESS });
    this.#strangers.add(stranger);
    void stranger.closed.then(() => this.#strangers.delete(stranger));
    return stranger;
  }

  /** A WebSocket, or undefined where the server refused. */
  async open(request?: StrangerRequest): Promise<Stranger | undefined> {
    const stranger = this.connect();
    const status = await stranger.open(this.port, request);
    this.note(status ?? "none");
    if (status === 101) return stranger;
    stranger.drop();
    return undefined;
  }

  note(status: number | "none"): void {
    this.answers.set(status, this.answered(status) + 1);
  }

  /** Each attacker does this again and again until the time is over, at least once. */
  async swarm(deed: (index: number) => Promise<void>): Promise<void> {
    const attack = async (index: number): Promise<void> => {
      do {
        await deed(index);
        // A deed that never waits would keep the others, and the clock, from their turns.
        await new Promise<void>((resolve) => setImmediate(resolve));
      } while (!this.#isOver);
    };
    await Promise.all(Array.from({ length: this.attackers }, (_, index) => attack(index)));
  }

  /** Ends the attack: every connection is dropped, which also ends what waits on one. */
  end(): void {
    this.#isOver = true;
    for (const stranger of this.#strangers) stranger.drop();
  }
}
