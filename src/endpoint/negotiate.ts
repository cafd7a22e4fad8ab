import { readUpgradeRequest, type UpgradeOffer } from "../protocol/mod.ts";
import { refusedHost } from "./hosts.ts";
import type { ResolvedOptions } from "./options.ts";
import { refusedOrigin } from "./origin.ts";
import { withoutTokens } from "./token.ts";
import { noteRefusal, type UpgradeSource } from "./upgrade.ts";

/**
 * What the client offered, or the response that refuses it: bad handshake, host, origin, method or no upgrade at all.
 *
 * A token among the subprotocols is none, and left out here, so that nothing behind this can choose or repeat it.
 */
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
  const strange = refusedHost(request, options);
  if (strange !== undefined) {
    options.log({ level: "warn", event: "host-refused", message: strange });
    noteRefusal(request, "host");
    // RFC 9110 7.4: so does "an origin server [...] reject a request" that is not for it.
    return refusal(421, "this endpoint does not answer to this host");
  }
  const refused = refusedOrigin(offer.origin, request, options);
  if (refused !== undefined) {
    options.log({ level: "warn", event: "origin-refused", message: refused });
    noteRefusal(request, "origin");
    return refusal(403, "this origin may not connect");
  }
  const protocols = withoutTokens(offer.protocols);
  if (protocols.length === 0 && offer.protocols.length > 0) {
    noteRefusal(request, "subprotocol");
    // A browser fails a connection on which it offered something and nothing was chosen (WebSockets standard).
    return refusal(400, "the token needs a subprotocol beside it, for the server to choose");
  }
  return { ...offer, protocols };
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
