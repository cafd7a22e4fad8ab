import { fileURLToPath } from "node:url";
import { Child } from "../../bench/child.ts";
import type { CrowdOrder } from "./crowd-order.ts";

const program: string = fileURLToPath(new URL("./crowd.ts", import.meta.url));

/** Opening and closing ten thousand connections takes a loaded machine long. */
const PATIENCE_MS = 180_000;

/** Thousands of honest clients in a process of their own. */
export class Crowd {
  readonly #process = new Child("the crowd", [process.execPath, program]);

  /** Tells it what to do, and resolves with its answer once that is done. */
  tell<Answer>(order: CrowdOrder): Promise<Answer> {
    return this.#process.ask<Answer>(order, PATIENCE_MS);
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }
}
