import { WirehallError } from "../../src/errors.ts";
import type { Durable, Serve } from "../../src/serve.ts";
import { inertDurable } from "../../src/server.ts";
import { serveCodec } from "./serve.ts";

export { DialError } from "../../src/client/error.ts";
export type { DialTls } from "../../src/client/tls.ts";
export type { Dial, DialedConnection, DialHandler, DialOptions } from "../../src/dial.ts";
export type {
  Address,
  AttachOptions,
  DurableObjectClass,
  ServeOptions,
  Server,
  ShutdownOptions,
} from "../../src/serve.ts";
export { type Attachment, attach, type UpgradingServer } from "./attach.ts";
export { dial } from "./dial.ts";

/** Serves an app on Node, with WebSockets by codec. Throws `CAPABILITY` for the transport `native`. */
export const serve: Serve = (options) => {
  if (options.transport === "native") {
    throw new WirehallError("CAPABILITY", "Node has no WebSocket server of its own: the transport is codec");
  }
  return serveCodec("node", options);
};

/** A class to export for Cloudflare Workers, which does nothing here: `serve` keeps the rooms in this process. */
export const durable: Durable = inertDurable;
