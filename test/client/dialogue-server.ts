import assert from "node:assert/strict";
import { type Dialogue, type Frame, type Step, toFrame, toMessage, Values } from "./dialogue.ts";

/** The client's end of a connection to the server that is tested. */
export interface Line {
  send(message: string | Uint8Array): void;
  /** The next message; rejects with what `ended` resolves with when there is none left. */
  next(): Promise<string | Uint8Array>;
  /** The code with which the server closed. */
  ended(): Promise<number>;
  /** Ends without a close frame; resolves once the server knows. */
  drop(): Promise<void>;
}

/** A server that is tested, with the room of the dialogues. */
export interface Subject {
  open(): Promise<Line>;
  forget(what: "sessions" | "history"): void;
}

/** Plays the client's part of a dialogue. */
export async function checkServer(dialogue: Dialogue, subject: Subject): Promise<void> {
  const tester = new ServerTester(subject);
  for (const [index, step] of dialogue.steps.entries()) {
    try {
      await tester.take(step);
    } catch (error) {
      throw new Error(`step ${index + 1}, ${JSON.stringify(step)}`, { cause: error });
    }
  }
  await tester.finish();
}

class ServerTester {
  readonly #subject: Subject;
  readonly #values = new Values();
  readonly #lines = new Map<string, Line>();
  readonly #members = new Map<string, Set<string>>();

  constructor(subject: Subject) {
    this.#subject = subject;
  }

  async take({ on = "a", open, client, server, expect, lost, close, forget }: Step): Promise<void> {
    if (open) {
      this.#lines.set(on, await this.#subject.open());
      return;
    }
    if (forget) this.#subject.forget(forget);
    const line = this.#lines.get(on) as Line;
    if (client !== undefined) line.send(toMessage(this.#values.fill(client)));
    else if (server !== undefined) {
      await this.#expect(on, line, (Array.isArray(server) ? server : [server]) as Frame[]);
    } else if (expect?.members) await this.#expectMembers(on, line, expect.members);
    else if (lost) await this.#drop(on, line);
    else if (close?.by === "server") assert.equal(await line.ended(), close.code);
  }

  async finish(): Promise<void> {
    for (const [on, line] of this.#lines) await this.#drop(on, line);
  }

  async #drop(on: string, line: Line): Promise<void> {
    this.#lines.delete(on);
    this.#members.delete(on);
    await line.drop();
  }

  /** The next frames, in any order. */
  async #expect(on: string, line: Line, written: Frame[]): Promise<void> {
    const open = [...written];
    while (open.length > 0) {
      const frame = toFrame(await line.next());
      if (this.#isPresence(on, frame)) continue;
      const index = open.findIndex((each) => typeOf(each) === typeOf(frame));
      assert.ok(index !== -1, `the server sent ${JSON.stringify(frame)}`);
      assert.ok(this.#values.match(open[index], frame, false), `the server sent ${JSON.stringify(frame)}`);
      open.splice(index, 1);
    }
  }

  async #expectMembers(on: string, line: Line, written: readonly string[]): Promise<void> {
    for (;;) {
      const ids = [...(this.#members.get(on) ?? [])].sort();
      const wanted = written.map((name) => this.#values.fill(name)).sort();
      if (ids.join() === wanted.join()) return;
      const frame = toFrame(await line.next());
      assert.ok(this.#isPresence(on, frame), `the server sent ${JSON.stringify(frame)}`);
    }
  }

  #isPresence(on: string, frame: Frame): boolean {
    if (typeof frame === "string" || frame instanceof Uint8Array || frame.type !== "presence") return false;
    const {
      reset,
      join = [],
      leave = [],
    } = frame as { reset?: boolean; join?: { id: string }[]; leave?: string[] };
    const members = reset ? new Set<string>() : (this.#members.get(on) ?? new Set());
    for (const id of leave) members.delete(id);
    for (const { id } of join) members.add(id);
    this.#members.set(on, members);
    return true;
  }
}

function typeOf(frame: Frame): unknown {
  return typeof frame === "string" || frame instanceof Uint8Array ? frame : frame.type;
}
