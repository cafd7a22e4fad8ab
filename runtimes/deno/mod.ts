import type { Durable, Serve } from "../../src/serve.ts";
import { inertDurable } from "../../src/server.ts";
import { serveCodec } from "../node/serve.ts";
import { serveNative } from "./native.ts";
import { deno } from "./platform.ts";

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
export { dial } from "./dial.ts";
export { attachNative, type DenoAttachment } from "./native.ts";

/**
 * Serves an app on Deno: by codec over node:http [default], or natively by `Deno.serve`, which is all that Deno Deploy
 * has and the default there.
 */
export const serve: Serve = (options) => {
  const deployed = deno().env.get("DENO_DEPLOYMENT_ID") !== undefined;
  const transport = options.transport ?? (deployed ? "native" : "codec");
  return transport === "codec" ? serveCodec("deno", options) : serveNative(options);
};

/** A class to export for Cloudflare Workers, which does nothing here: `serve` keeps the rooms in this process. */
export const durable: Durable = inertDurable;
