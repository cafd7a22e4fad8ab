import type { Context, Handler as HonoHandler } from "hono";
import type { Awaitable } from "../endpoint/awaitable.ts";
import { receive } from "../endpoint/endpoint.ts";
import type { Handler } from "../endpoint/handler.ts";
import { type EndpointOptions, resolveOptions } from "../endpoint/options.ts";
import { isUpgrade } from "../endpoint/upgrade.ts";
import type { RoomsOfClass } from "../rooms/rooms.ts";

/**
 * A Hono handler that accepts WebSockets: `app.get("/ws", upgradeWebSocket((c) => handler))`.
 *
 * The handler is made for each request, so that it sees its context. A request that asks for no WebSocket goes on to
 * the route's next handler, as with Hono's own helper. Throws `INVALID_OPTION`.
 */
export function upgradeWebSocket<Data = unknown>(
  makeHandler: (context: Context) => Awaitable<Handler<Data>>,
  options: EndpointOptions = {},
): HonoHandler {
  const resolved = resolveOptions(options);
  return async (context, next) => {
    const request = context.req.raw;
    if (!isUpgrade(request)) return await next();
    return merge(context, await receive(request, await makeHandler(context), resolved));
  };
}

/**
 * A Hono handler that joins a room: `app.get("/chat/:room", room(hall.Chat, (c) => c.req.param("room")))`.
 *
 * A name that is undefined is answered as an empty one: with 400.
 */
export function room(rooms: RoomsOfClass, nameOf: (context: Context) => string | undefined): HonoHandler {
  return async (context) => merge(context, await rooms.get(nameOf(context) ?? "").fetch(context.req.raw));
}

/** A response with what `c.header()` and `setCookie()` had set before, which Hono drops where it has made none. */
function merge(context: Context, response: Response): Response {
  const cookies = response.headers.getSetCookie();
  const prepared = context.res;
  // Hono's setter merges what was prepared into ours, and puts the cookies that were prepared in the place of ours.
  context.res = response;
  if (prepared.headers.has("set-cookie")) {
    for (const cookie of cookies) context.res.headers.append("set-cookie", cookie);
  }
  return context.res;
}
