/** What the platform tells of the network. */
export interface Network {
  /** False where there is certainly none. */
  readonly online: boolean;
  /** Calls back when that may have changed, or the page was asleep; the result stops it. */
  watch(listener: () => void): () => void;
}

interface Events {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

interface Platform extends Partial<Events> {
  readonly navigator?: { readonly onLine?: boolean };
  readonly document?: Events & { readonly hidden: boolean };
}

const platform = globalThis as unknown as Platform;

/** Browsers and their workers tell it; elsewhere there is always a network. */
export const systemNetwork: Network = {
  get online() {
    return platform.navigator?.onLine ?? true;
  },
  watch(listener) {
    const { navigator, document } = platform;
    if (navigator?.onLine === undefined || platform.addEventListener === undefined) return () => {};
    const page = platform as Events;
    const shown = () => document?.hidden || listener();
    page.addEventListener("online", listener);
    page.addEventListener("offline", listener);
    document?.addEventListener("visibilitychange", shown);
    return () => {
      page.removeEventListener("online", listener);
      page.removeEventListener("offline", listener);
      document?.removeEventListener("visibilitychange", shown);
    };
  },
};
