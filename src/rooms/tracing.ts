import type { RoomClass } from "./room.ts";

const AsyncFunction = (async () => {}).constructor;

/**
 * Which hooks of a class must be called so that their turn is known behind an `await`: it costs more than many a turn,
 * so those that are not `async`, and never gave a promise, go without.
 */
export class Tracing {
  static readonly #all = new WeakMap<RoomClass, Tracing>();
  readonly #needed = new Set<string>(["call", "turn"]);

  static of(roomClass: RoomClass): Tracing {
    let tracing = Tracing.#all.get(roomClass);
    if (tracing === undefined) {
      tracing = new Tracing(roomClass);
      Tracing.#all.set(roomClass, tracing);
    }
    return tracing;
  }

  constructor(roomClass: RoomClass) {
    const methods = roomClass.prototype as unknown as Readonly<Record<string, unknown>>;
    for (const name of ["onStart", "onConnect", "onMessage", "onClose", "onRequest"]) {
      if (methods[name] instanceof AsyncFunction) this.#needed.add(name);
    }
  }

  isNeeded(hook: string): boolean {
    return this.#needed.has(hook);
  }

  /** It gave a promise. */
  need(hook: string): void {
    this.#needed.add(hook);
  }
}
