import type { RawClient } from "./raw-client.ts";
import { opcodes } from "./raw-frames.ts";
import type { Target } from "./target.ts";

type Step = readonly [verb: string, ...args: unknown[]];

/** A member of a room that does what it is told: each script is a turn. */
export class ScriptClient {
  readonly raw: RawClient;

  constructor(raw: RawClient) {
    this.raw = raw;
  }

  static async join(target: Target, kind: "script" | "sql", room: string): Promise<ScriptClient> {
    return new ScriptClient(await target.open(`/${kind}/${room}`));
  }

  /** What came of the steps of one turn. */
  async run(...steps: Step[]): Promise<unknown[]> {
    this.send(...steps);
    return (await this.next()) as unknown[];
  }

  send(...steps: Step[]): void {
    this.raw.text(JSON.stringify(steps));
  }

  /** What the room says next: what came of a turn, or a broadcast. */
  async next(): Promise<unknown> {
    const text = String(await this.raw.message());
    return text.startsWith("[") ? JSON.parse(text) : text;
  }

  /** Code and reason of the close frame that comes next. */
  async closed(): Promise<[number, string]> {
    const { opcode, payload } = await this.raw.frame("a close frame");
    if (opcode !== opcodes.close) throw new Error(`awaited a close frame, but ${payload} came`);
    return [payload.readUInt16BE(), payload.toString("utf8", 2)];
  }

  /** Runs a turn that fails: its member is closed with 1011. */
  async fail(...steps: Step[]): Promise<void> {
    this.send(...steps);
    const { code } = await this.raw.endedByServer();
    if (code !== 1011) throw new Error(`the turn ended with ${code}, not with 1011`);
  }
}
