import { serve } from "@hono/node-server";
import { attach } from "wirehall/node";
import { app, hall, listening } from "./attached.ts";

/** Hono's own server keeps plain HTTP; the upgrades are Wirehall's. */
const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) => listening(port));
attach(server, { fetch: app.fetch, hall });
