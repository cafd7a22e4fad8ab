import type { AttachOptions, Durable, Serve } from "../../src/serve.ts";
import { checkAttachOptions } from "../../src/server.ts";
import { durable as makeDurable } from "./durable.ts";
import { WorkersServer } from "./serve.ts";

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
export { dial } from "./dial.ts";

/** A Worker's `fetch`. */
export type WorkersFetch = (request: Request, env?: unknown, context?: unknown) => Promise<Response>;

/** Makes of an app a Worker; what it returns is the module's default export. */
export const serve: Serve = (options) => new WorkersServer(options);

/** Makes of an app the `fetch` of a Worker that has other handlers too: `export default { fetch, scheduled }`. */
export function attach(options: AttachOptions): WorkersFetch {
  checkAttachOptions(options);
  const server = new WorkersServer(options);
  return (request, env, context) => server.fetch(request, env, context);
}

/** Makes the Durable Object of a class of rooms: `export class Chat extends durable(ChatRoom) {}`. */
export const durable: Durable = makeDurable;
