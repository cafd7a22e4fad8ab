import { Hono } from "hono";
import { NONCE, type SecureHeadersVariables, secureHeaders } from "hono/secure-headers";
import { rooms, websocket } from "wirehall";
import { durable, serve } from "wirehall/serve";
import { page } from "./page/page.ts";
import { cleanRoom, ROOM_RULE } from "./protocol.ts";
import { ChatRoom } from "./room.ts";

const echo = websocket({
  message: (connection, data) => {
    connection.send(data);
  },
});
const hall = rooms({ Chat: ChatRoom });

const app = new Hono<{ Variables: SecureHeadersVariables }>();

const headers = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: [NONCE],
    styleSrc: [NONCE],
    connectSrc: ["'self'"],
    imgSrc: ["data:"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
  strictTransportSecurity: false,
});

app.get("/", headers, (c) => {
  c.header("Cache-Control", "no-store");
  return c.html(page(c.get("secureHeadersNonce") ?? ""));
});
app.get("/echo", (c) => echo(c.req.raw));
app.get("/chat/:room", async (c) => {
  const room = cleanRoom(c.req.param("room"));
  if (room === undefined) return c.text(`${ROOM_RULE}\n`, 400);
  return await hall.Chat.get(room).fetch(c.req.raw);
});

export class Chat extends durable(ChatRoom) {}
export default serve({ fetch: app.fetch, hall, hostname: "127.0.0.1" });
