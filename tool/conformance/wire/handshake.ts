import { createHash } from "node:crypto";
import { elements, type Head } from "./http.ts";

const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** RFC 6455, 4.2.2: what a server makes of a client's key. */
export function acceptOf(key: string): string {
  return createHash("sha1")
    .update(key + guid)
    .digest("base64");
}

/** Why a 101 is against RFC 6455, 4.2.2; `offered` are the subprotocols of the request. */
export function faultOfAnswer(head: Head, key: string, offered: readonly string[] = []): string | undefined {
  if (!/^HTTP\/1\.1 101( |$)/.test(head.firstLine))
    return `the status line ${JSON.stringify(head.firstLine)}`;
  if (head.all("upgrade").join().toLowerCase() !== "websocket") return `Upgrade: ${head.all("upgrade")}`;
  if (!elements(head.all("connection")).includes("upgrade")) return `Connection: ${head.all("connection")}`;
  const accepts = head.all("sec-websocket-accept");
  if (accepts.length !== 1) return `${accepts.length} Sec-WebSocket-Accept headers`;
  if (accepts[0] !== acceptOf(key))
    return `Sec-WebSocket-Accept: ${accepts[0]}, which is not ${acceptOf(key)}`;
  const protocols = head.all("sec-websocket-protocol");
  if (protocols.length > 1) return `${protocols.length} Sec-WebSocket-Protocol headers`;
  if (protocols.length === 1 && !offered.includes(protocols[0])) {
    return `Sec-WebSocket-Protocol: ${protocols[0]}, which was not offered`;
  }
  return undefined;
}

/** Why a client's request is against RFC 6455, 4.1. */
export function faultOfRequest(head: Head): string | undefined {
  if (!/^GET \S+ HTTP\/1\.1$/.test(head.firstLine))
    return `the request line ${JSON.stringify(head.firstLine)}`;
  if (head.all("host").length !== 1) return `${head.all("host").length} Host headers`;
  if (!elements(head.all("upgrade")).includes("websocket")) return `Upgrade: ${head.all("upgrade")}`;
  if (!elements(head.all("connection")).includes("upgrade")) return `Connection: ${head.all("connection")}`;
  const keys = head.all("sec-websocket-key");
  if (keys.length !== 1 || !/^[A-Za-z0-9+/]{21}[AQgw]==$/.test(keys[0])) return `Sec-WebSocket-Key: ${keys}`;
  const versions = head.all("sec-websocket-version");
  if (versions.length !== 1 || versions[0] !== "13") return `Sec-WebSocket-Version: ${versions}`;
  return undefined;
}
