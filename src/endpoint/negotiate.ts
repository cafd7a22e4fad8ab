import { readUpgradeRequest, type UpgradeOffer } from "../protocol/mod.ts";
import type { ResolvedOptions } from "./options.ts";
import { refusedOrigin } from "./origin.ts";
import { noteRefusal, type UpgradeSource } from "./upgrade.ts";

/** What the client offered, or the response that refuses it: bad handshake, origin, method or no upgrade at all. */
export function negotiate(
  request: Request,
  options: ResolvedOptions,
  source: Pick<UpgradeSource, "httpVersion" | "showsConnection"> = {},
): UpgradeOffer | Response {
  const { method, headers } = request;
  const offer = readUpgradeRequest(
    { method, headers, httpVersion: source.httpVersion },
    { connectionHidden: source.showsConnection === false },
  );
  if (!offer.ok) {
    noteRefusal(request, "bad-handshake");
    return refusal(offer.status, offer.message, offer.headers);
  }
  const refused = refusedOrigin(offer.origin, request, options);
  if (refused !== undefined) {
    options.log({ level: "warn", event: "origin-refused", message: refused });
    noteRefusal(request, "origin");
    return refusal(403, "this origin may not connect");
  }
  return offer;
}

/**
 * The first of the server's subprotocols that the client offers; "" where it offers none and none is required;
 * otherwise the response that refuses it (a browser would fail the connection anyway).
 */
export function chooseSubprotocol(offer: UpgradeOffer, options: ResolvedOptions): string | Response {
  if (offer.protocols.length === 0 && !options.requireSubprotocol) return "";
  const chosen = options.subprotocols.find((known) => offer.protocols.includes(known));
  return chosen ?? noSubprotocol(options);
}

export function noSubprotocol(options: ResolvedOptions): Response {
  const known = options.subprotocols.join(", ") || "none";
  return refusal(400, `no subprotocol in common: this endpoint speaks ${known}`);
}

function refusal(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(`${message}\n`, {
    status,
    headers: { ...headers, "content-type": "text/plain; charset=utf-8" },
  });
}
