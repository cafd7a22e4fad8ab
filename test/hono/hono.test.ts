import assert from "node:assert/strict";
import { test } from "node:test";
import { Hono } from "hono";
import { setCookie } from "hono/cookie";
import { cors } from "hono/cors";
import { type Member, Room, rooms } from "wirehall";
import { room, upgradeWebSocket } from "wirehall/hono";
import { testServer } from "wirehall/testing";

test("upgradeWebSocket makes a handler of each request's context, under a base path, a mount and cors", async () => {
  const inner = new Hono<{ Variables: { user: string } }>();
  inner.use(async (c, next) => {
    c.set("user", c.req.query("user") ?? "nobody");
    await next();
  });
  inner.get(
    "/ws/:topic",
    upgradeWebSocket((c) => ({
      open: (connection) => connection.send(`${c.get("user")} on ${c.req.param("topic")}`),
    })),
  );
  const app = new Hono().basePath("/api");
  app.use(cors({ origin: "*" }));
  app.use(async (c, next) => {
    await next();
    c.header("x-late", "yes");
  });
  app.mount("/inner", inner.fetch);
  const client = await testServer({ fetch: app.fetch }).connect("/api/inner/ws/news?user=ann");
  assert.equal(await client.message(), "ann on news");
  assert.equal(client.response.headers.get("access-control-allow-origin"), "*");
  assert.equal(client.response.headers.get("x-late"), "yes");
});

test("a request that asks for no WebSocket goes on to the route's next handler", async () => {
  const app = new Hono();
  app.get(
    "/ws",
    upgradeWebSocket(() => ({})),
    (c) => c.text("a page"),
  );
  const response = await testServer({ fetch: app.fetch }).fetch("/ws");
  assert.equal(await response.text(), "a page");
});

test("a refusal keeps what middleware adds to it", async () => {
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    c.header("x-late", "yes");
  });
  app.get(
    "/ws",
    upgradeWebSocket(() => ({ upgrade: () => new Response("paid members only", { status: 402 }) })),
  );
  await assert.rejects(testServer({ fetch: app.fetch }).connect("/ws"), ({ cause }: { cause: Response }) => {
    assert.equal(cause.status, 402);
    assert.equal(cause.headers.get("x-late"), "yes");
    return true;
  });
});

test("room joins the room that the context names", async () => {
  class Named extends Room {
    override onMessage(member: Member): void {
      member.send(this.name);
    }
  }
  const hall = rooms({ Named });
  const app = new Hono();
  app.get(
    "/chat/:room",
    room(hall.Named, (c) => c.req.param("room")),
  );
  const client = await testServer({ fetch: app.fetch, hall }).connect("/chat/lobby");
  client.send("where am I?");
  assert.equal(await client.message(), "lobby");
});

test("headers and cookies set before, and those of upgrade, are all on the 101", async () => {
  const app = new Hono();
  app.get("/ws", async (c, next) => {
    c.header("x-early", "yes");
    setCookie(c, "before", "1");
    return await upgradeWebSocket(() => ({
      upgrade: () => ({
        headers: [
          ["set-cookie", "own=1"],
          ["set-cookie", "own=2"],
        ],
      }),
    }))(c, next);
  });
  const { response } = await testServer({ fetch: app.fetch }).connect("/ws");
  assert.equal(response.headers.get("x-early"), "yes");
  assert.deepEqual(response.headers.getSetCookie().sort(), ["before=1; Path=/", "own=1", "own=2"]);
});
