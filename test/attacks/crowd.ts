import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { CrowdEnds, CrowdOrder, CrowdReport } from "./crowd-order.ts";
import { FrameReader, frame, opcodes, type ServerFrame } from "./frames.ts";
import { speak } from "./lines.ts";
import { Stranger } from "./stranger.ts";

// Ten thousand honest clients in one process, with traffic of every kind that is accounted for to the last message.

const OPENING_AT_ONCE = 200;
const ADDRESSES = 8;

/** What a member of the crowd says; every kind is echoed as it came. */
const kinds: readonly ((number: number) => { readonly bytes: Buffer; readonly wanted: Buffer })[] = [
  (number) => text(`${number} small`),
  (number) => text(`${number} ${"é".repeat(2_000)}`),
  (number) => {
    const payload = randomBytes(1_024);
    payload.writeUInt32BE(number);
    return { bytes: frame({ opcode: opcodes.binary, payload }), wanted: payload };
  },
  (number) => {
    const payload = Buffer.from(`${number} ${"f".repeat(9_000)}`);
    const middle = payload.length >> 1;
    const parts = [
      frame({ opcode: opcodes.text, fin: false, payload: payload.subarray(0, middle) }),
      frame({ opcode: opcodes.ping, payload: `${number}` }),
      frame({ opcode: opcodes.continuation, payload: payload.subarray(middle) }),
    ];
    return { bytes: Buffer.concat(parts), wanted: payload };
  },
];

function text(value: string): { bytes: Buffer; wanted: Buffer } {
  return { bytes: frame({ opcode: opcodes.text, payload: value }), wanted: Buffer.from(value) };
}

class Member {
  static faults: string[] = [];
  sent = 0;
  echoed = 0;
  heard = 0;
  closeCode: number | undefined;
  closeReason = "";
  #isClosing = false;
  readonly #stranger: Stranger;
  readonly #isListener: boolean;
  readonly #reader = new FrameReader();
  /** What must come back, in this order. */
  readonly #wanted: Buffer[] = [];

  constructor(port: number, localAddress: string, isListener: boolean) {
    this.#stranger = new Stranger(port, { localAddress });
    this.#isListener = isListener;
  }

  get ended(): boolean {
    return this.#stranger.ended;
  }

  async open(port: number): Promise<void> {
    const status = await this.#stranger.open(port, { path: this.#isListener ? "/topic" : "/echo" });
    if (status !== 101) throw new Error(`a connection was answered ${status}`);
    this.#stranger.socket.on("data", (chunk: Buffer) => {
      for (const got of this.#reader.take(chunk)) this.#take(got);
    });
    this.#stranger.socket.on("end", () => this.#stranger.socket.end());
  }

  say(number: number): void {
    const { bytes, wanted } = kinds[number % kinds.length](number);
    this.#wanted.push(wanted);
    this.sent++;
    void this.#stranger.write(bytes);
  }

  /** Has the server send the number to all listeners. */
  publish(number: number, messageBytes: number): void {
    void this.#stranger.write(
      frame({ opcode: opcodes.text, payload: `${number} `.padEnd(messageBytes, "p") }),
    );
  }

  get closed(): Promise<void> {
    return this.#stranger.closed;
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#stranger.write(frame({ opcode: opcodes.close, payload: Uint8Array.of(3, 232) }));
    if (!this.#stranger.ended) await this.#stranger.next("end");
    this.#stranger.socket.end();
    await this.#stranger.closed;
  }

  #take({ opcode, payload }: ServerFrame): void {
    if (opcode === opcodes.ping || opcode === opcodes.pong) return;
    if (opcode === opcodes.close) this.#hearClose(payload);
    else if (this.#isListener) this.#hear(Number.parseInt(payload.toString("latin1", 0, 16), 10));
    else if (this.#wanted.shift()?.equals(payload) === true) this.echoed++;
    else Member.faults.push(`an echo of ${payload.length} bytes is not what was said`);
  }

  #hearClose(payload: Buffer): void {
    this.closeCode = payload.length >= 2 ? payload.readUInt16BE() : 1005;
    this.closeReason = payload.toString("utf8", 2);
    noteBunch();
    if (this.#isClosing) return;
    void this.#stranger.write(frame({ opcode: opcodes.close, payload }));
    this.#stranger.socket.end();
  }

  #hear(number: number): void {
    if (number !== this.heard + 1) Member.faults.push(`a listener heard ${number} after ${this.heard}`);
    this.heard = number;
  }
}

const members: Member[] = [];
const listeners: Member[] = [];
let published = 0;
let bunches = 0;
let isInBunch = false;

/** Close frames that come in one turn of the event loop are one bunch. */
function noteBunch(): void {
  if (isInBunch) return;
  isInBunch = true;
  bunches++;
  setImmediate(() => {
    isInBunch = false;
  });
}

async function open(order: Extract<CrowdOrder, { step: "open" }>): Promise<void> {
  const all = Array.from({ length: order.connections }, (_, index) => index);
  while (all.length > 0) {
    const some = all.splice(0, OPENING_AT_ONCE).map((index) => {
      const isListener = index < order.listeners;
      const member = new Member(order.port, `127.0.0.${2 + (index % ADDRESSES)}`, isListener);
      (isListener ? listeners : members).push(member);
      return member.open(order.port);
    });
    await Promise.all(some);
  }
}

async function talk({ durationMs, messagesPerSecond }: Extract<CrowdOrder, { step: "talk" }>): Promise<void> {
  const end = performance.now() + durationMs;
  const start = performance.now();
  let said = 0;
  for (let turn = 0; performance.now() < end; turn++) {
    const due = Math.floor(((performance.now() - start) / 1000) * messagesPerSecond);
    for (; said < due; said++) members[said % members.length].say(said);
    if (turn % 10 === 0) listeners[0]?.publish(++published, 16);
    await sleep(10);
  }
  const isAllBack = (): boolean =>
    Member.faults.length > 0 ||
    (members.every((member) => member.echoed === member.sent || member.ended) &&
      listeners.every((listener) => listener.heard === published || listener.ended));
  while (!isAllBack()) await sleep(10);
}

function report(): CrowdReport {
  const sum = (of: readonly Member[], key: "sent" | "echoed" | "heard"): number =>
    of.reduce((total, member) => total + member[key], 0);
  return {
    sent: sum(members, "sent"),
    echoed: sum(members, "echoed"),
    published,
    heard: sum(listeners, "heard"),
    faults: Member.faults.slice(0, 10),
  };
}

/** As many as the slowest listener is allowed to be behind. */
const BEHIND = 8;

async function publish({ count, messageBytes }: Extract<CrowdOrder, { step: "publish" }>): Promise<void> {
  const slowest = (): number =>
    listeners.reduce(
      (least, listener) => Math.min(least, listener.ended ? least : listener.heard),
      published,
    );
  for (let i = 0; i < count; i++) {
    listeners[0].publish(++published, messageBytes);
    while (published - slowest() >= BEHIND) await sleep(1);
  }
  while (slowest() < published) await sleep(1);
}

async function close(): Promise<void> {
  await Promise.all([...members, ...listeners].map((member) => member.close()));
}

async function awaitEnd(): Promise<void> {
  await Promise.all([...members, ...listeners].map(({ closed }) => closed));
}

async function talkUntilEnd(messagesPerSecond: number): Promise<void> {
  const start = performance.now();
  let said = 0;
  let isOver = false;
  const ended = awaitEnd().then(() => {
    isOver = true;
  });
  while (!isOver) {
    const due = Math.floor(((performance.now() - start) / 1000) * messagesPerSecond);
    for (; said < due; said++) members[said % members.length].say(said);
    await sleep(10);
  }
  await ended;
}

function ends(): CrowdEnds {
  const all = [...members, ...listeners];
  const codes: Record<string, number> = {};
  for (const { closeCode = "none" } of all) codes[closeCode] = (codes[closeCode] ?? 0) + 1;
  const retries = all.map(({ closeReason }) => closeReason).filter((reason) => /^retry=\d+$/.test(reason));
  return { codes, retries: retries.length, bunches };
}

await speak(async ({ hear, say }) => {
  for (;;) {
    const order = await hear<CrowdOrder>();
    if (order.step === "open") await open(order).then(() => say({}));
    else if (order.step === "talk") await talk(order).then(() => say(report()));
    else if (order.step === "publish") await publish(order).then(() => say(report()));
    else if (order.step === "talk-until-end")
      await talkUntilEnd(order.messagesPerSecond).then(() => say(ends()));
    else if (order.step === "await-end") await awaitEnd().then(() => say(ends()));
    else await close().then(() => say(ends()));
  }
});
