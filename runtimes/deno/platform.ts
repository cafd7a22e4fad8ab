import type { StandardWebSocket } from "../../src/endpoint/standard-socket.ts";
import { WirehallError } from "../../src/errors.ts";

/** What is used of Deno. */
export interface DenoPlatform {
  readonly env: { get(name: string): string | undefined };
  readonly permissions: {
    querySync(of: { readonly name: "env"; readonly variable: string }): { readonly state: string };
  };
  serve(options: DenoServeOptions, handler: DenoHandler): DenoServer;
  upgradeWebSocket(
    request: Request,
    options: {
      /** Seconds, also parts of one; 0 for never. */
      readonly idleTimeout: number;
    },
  ): { readonly socket: DenoWebSocket; readonly response: Response };
}

export interface DenoServeOptions {
  readonly port: number;
  readonly hostname: string;
  readonly cert?: string;
  readonly key?: string;
  onListen?(address: { readonly port: number }): void;
  onError?(error: unknown): Response;
}

export interface DenoConnectionInfo {
  readonly remoteAddr: { readonly hostname?: string };
}

export type DenoHandler = (request: Request, info: DenoConnectionInfo) => Promise<Response>;

export interface DenoServer {
  readonly addr: { readonly port: number };
  shutdown(): Promise<void>;
}

export interface DenoWebSocket extends StandardWebSocket {
  onopen: (() => void) | null;
}

/** Throws `WRONG_RUNTIME` anywhere else. */
export function deno(): DenoPlatform {
  const { Deno } = globalThis as { Deno?: DenoPlatform };
  if (Deno === undefined) throw new WirehallError("WRONG_RUNTIME", "wirehall/deno needs Deno");
  return Deno;
}
