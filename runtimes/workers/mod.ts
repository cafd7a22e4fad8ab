import type { Durable, Serve } from "../../src/serve.ts";
import { durable as makeDurable } from "./durable.ts";
import { WorkersServer } from "./serve.ts";

export type { Address, DurableObjectClass, ServeOptions, Server, ShutdownOptions } from "../../src/serve.ts";

/** Makes of an app a Worker; what it returns is the module's default export. */
export const serve: Serve = (options) => new WorkersServer(options);

/** Makes the Durable Object of a class of rooms: `export class Chat extends durable(ChatRoom) {}`. */
export const durable: Durable = makeDurable;
