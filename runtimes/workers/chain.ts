import { carryLinksBy, type LinkCarrier } from "../../src/rooms/chain.ts";

/** Bears a chain of rooms to a Durable Object; what a client sends by this name is dropped. */
const CHAIN_HEADER = "x-wirehall-chain";

interface Process {
  getBuiltinModule?(name: string): { readonly AsyncLocalStorage?: new () => LinkCarrier } | undefined;
}

/**
 * With the compatibility flag `nodejs_compat`, chains of calls are known behind an `await` too.
 *
 * An import would fail without the flag, and wrangler would warn of it.
 */
export function carryLinks(): void {
  const { process } = globalThis as { process?: Process };
  const Carrier = process?.getBuiltinModule?.("node:async_hooks")?.AsyncLocalStorage;
  carryLinksBy(Carrier === undefined ? undefined : new Carrier());
}

export function withChain(request: Request, chain: readonly string[]): Request {
  if (chain.length === 0 && !request.headers.has(CHAIN_HEADER)) return request;
  const headers = new Headers(request.headers);
  if (chain.length === 0) headers.delete(CHAIN_HEADER);
  // Names of rooms may have any characters, headers may not.
  else headers.set(CHAIN_HEADER, encodeURIComponent(JSON.stringify(chain)));
  return new Request(request, { headers });
}

/** The chain that a request bears, and the request as the room shall see it. */
export function takeChain(request: Request): { request: Request; chain: readonly string[] } {
  const value = request.headers.get(CHAIN_HEADER);
  if (value === null) return { request, chain: [] };
  const chain = JSON.parse(decodeURIComponent(value)) as readonly string[];
  return { request: withChain(request, []), chain };
}
