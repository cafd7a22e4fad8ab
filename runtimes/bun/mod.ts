import type { Durable, Serve } from "../../src/serve.ts";
import { inertDurable } from "../../src/server.ts";
import { serveCodec } from "../node/serve.ts";
import { serveNative } from "./native.ts";

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
export { type Attachment, attach, type UpgradingServer } from "../node/attach.ts";
export { dial } from "../node/dial.ts";
export { attachNative, type BunAttachment } from "./native.ts";

/** Serves an app on Bun: natively by `Bun.serve` [default], or by codec over node:http. */
export const serve: Serve = (options) =>
  options.transport === "codec" ? serveCodec("bun", options) : serveNative(options);

/** A class to export for Cloudflare Workers, which does nothing here: `serve` keeps the rooms in this process. */
export const durable: Durable = inertDurable;
