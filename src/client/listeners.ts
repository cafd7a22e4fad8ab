/** Who listens to what. */
export class Listeners<Events> {
  readonly #sets = new Map<keyof Events, Set<(event: never) => void>>();

  /** The result stops it. A function that listens twice is called once. */
  on<Type extends keyof Events>(type: Type, listener: (event: Events[Type]) => void): () => void {
    const set = this.#sets.get(type) ?? new Set();
    this.#sets.set(type, set);
    set.add(listener);
    return () => set.delete(listener);
  }

  /** What a listener throws is reported as any uncaught exception, and keeps nobody from hearing. */
  tell<Type extends keyof Events>(type: Type, event: Events[Type]): void {
    for (const listener of [...(this.#sets.get(type) ?? [])]) {
      try {
        (listener as (event: Events[Type]) => void)(event);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
