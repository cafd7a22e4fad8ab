import { attachNative } from "wirehall/bun";
import { app, hall, listening } from "./attached.ts";

declare const Bun: { serve(options: object): { port: number } };

listening(Bun.serve({ hostname: "127.0.0.1", port: 0, ...attachNative({ fetch: app.fetch, hall }) }).port);
