/** What is used of the module; the platform's own types are the app's to choose. */
declare module "cloudflare:workers" {
  export class DurableObject {
    constructor(context: object, env: object);
  }
  /** The bindings. */
  export const env: Readonly<Record<string, unknown>>;
  /** What the Worker's main module exports, as bindings. */
  export const exports: Readonly<Record<string, unknown>>;
}

declare module "cloudflare:sockets" {
  /** Connects at once, or throws for what it can't even try; `opened` tells what came of it. */
  export function connect(
    address: { readonly hostname: string; readonly port: number },
    options: {
      readonly secureTransport: "off" | "on" | "starttls";
      readonly allowHalfOpen: boolean;
    },
  ): import("./tcp.ts").WorkersTcp;
}
