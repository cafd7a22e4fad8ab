import assert from "node:assert/strict";
import { Session } from "../../src/client/session.ts";
import { verdict } from "../../src/client/verdict.ts";
import { type Dialogue, type Frame, type Step, toFrame, toMessage, Values } from "./dialogue.ts";

/** Plays the server's part of a dialogue, against a client without I/O. */
export function checkClient(dialogue: Dialogue): void {
  const tester = new ClientTester(dialogue);
  for (const [index, step] of dialogue.steps.entries()) {
    if (step.on !== undefined) continue;
    try {
      tester.take(step);
    } catch (error) {
      throw new Error(`step ${index + 1}, ${JSON.stringify(step)}`, { cause: error });
    }
  }
  tester.finish();
}

class ClientTester {
  readonly #session: Session;
  readonly #values = new Values();
  readonly #written: (string | Uint8Array)[] = [];
  readonly #heard: object[] = [];
  #closed: number | undefined;
  #ended = false;
  #sent = 0;
  #calls = 0;

  constructor({ options }: Dialogue) {
    const heard = this.#heard;
    this.#session = new Session(
      {
        write: (message) => this.#written.push(message),
        welcome() {},
        live() {},
        message: ({ type: _, seq: __, ...message }, place) =>
          heard.push({ message, ...(place && { place }) }),
        gap: ({ type: _, ...gap }) => heard.push({ gap }),
        members: (change) => heard.push({ members: [...this.#session.members.keys()].sort(), ...change }),
        error: ({ code }) => heard.push({ error: code }),
        settled() {},
      },
      { maxMessages: 100, maxBytes: 1e6, maxCalls: 10, ...options },
    );
  }

  take({ open, client, server, app, expect, lost, close, end }: Step): void {
    if (open) {
      assert.equal(this.#ended, false, "the client has ended");
      this.#closed = undefined;
      this.#session.opened();
    } else if (client !== undefined) {
      const frame = this.#written.shift();
      assert.ok(frame !== undefined, "the client sent nothing");
      assert.ok(
        this.#values.match(client, toFrame(frame), true),
        `the client sent ${JSON.stringify(toFrame(frame))}`,
      );
    } else if (server !== undefined) {
      for (const frame of (Array.isArray(server) ? server : [server]) as Frame[]) this.#receive(frame);
    } else if (app) this.#act(app);
    else if (expect) {
      const event = this.#heard.shift();
      assert.ok(event !== undefined, "the client said nothing");
      assert.ok(
        this.#values.match(expect, withPlain(event, expect), true),
        `the client said ${JSON.stringify(event)}`,
      );
    } else if (lost) this.#lose(1006, "");
    else if (close?.by === "server") this.#lose(close.code, close.reason ?? "");
    else if (close) assert.equal(this.#closed, close.code);
    else if (end) assert.equal(this.#ended, true);
  }

  finish(): void {
    assert.deepEqual(this.#written.map(toFrame), [], "the client sent more");
    assert.deepEqual(this.#heard, [], "the client said more");
  }

  #receive(frame: Frame): void {
    assert.equal(this.#closed, undefined, "the client has closed");
    const fault = this.#session.receive(toMessage(this.#values.fill(frame)));
    if (fault === undefined) return;
    this.#closed = fault.closeCode;
    this.#session.lost();
  }

  #act({ send, volatile, call, args = [] }: NonNullable<Step["app"]>): void {
    if (send) {
      const number = ++this.#sent;
      this.#session.send(send, (error) =>
        this.#heard.push({ settled: number, ...(error && { error: error.code }) }),
      );
    } else if (volatile) assert.equal(this.#session.sendVolatile(volatile), true);
    else if (call !== undefined) {
      const number = ++this.#calls;
      this.#session.call(call, args, (error, result) =>
        this.#heard.push({ answer: number, ...(error ? { error: error.code } : { result }) }),
      );
    }
  }

  #lose(code: number, reason: string): void {
    const { ends, retryMs } = verdict(code, reason);
    this.#ended = ends;
    if (retryMs > 0) this.#heard.push({ retry: retryMs });
    this.#session.lost();
    if (code === 1009) this.#session.tooBig();
    if (code === 4009) this.#session.taken();
  }
}

/** Of a change of members only what is asked for. */
function withPlain(event: object, expected: object): object {
  if (!("members" in event)) return event;
  return Object.fromEntries(Object.entries(event).filter(([name]) => name in expected));
}
