import { attachNative } from "wirehall/deno";
import { app, hall, listening } from "./attached.ts";

declare const Deno: {
  serve(options: object, handler: ReturnType<typeof attachNative>["handler"]): { addr: { port: number } };
};

const { handler } = attachNative({ fetch: app.fetch, hall });
listening(Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler).addr.port);
