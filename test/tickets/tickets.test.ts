import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Member, Room, rooms, tokenSubprotocol, type WirehallError, websocket } from "wirehall";
import { testServer } from "wirehall/testing";
import {
  onceInMemory,
  type RedeemOptions,
  type TicketGrant,
  type TicketOptions,
  type Tickets,
  tickets,
} from "wirehall/tickets";
import { decodeBase64Url, encodeBase64Url } from "../../src/protocol/mod.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const OTHER = "another secret of thirty-two bytes";
const PATH = "/chat/lobby";

interface User {
  readonly user: string;
}

/** An office whose clock stands still until it is moved. */
function office(options: Partial<TicketOptions> = {}): Tickets<User> & { nowMs: number } {
  const inner = tickets<User>({ secret: SECRET, now: () => outer.nowMs, ...options });
  const outer = {
    nowMs: 1_000_000,
    issue: (grant: TicketGrant<User>) => inner.issue(grant),
    redeem: (request: Request, how?: RedeemOptions) => inner.redeem(request, how),
  };
  return outer;
}

function showing(ticket: string, path = PATH): Request {
  return new Request(`http://a.example${path}?ticket=${ticket}`);
}

async function reasonOf(doors: Tickets<User>, request: Request): Promise<string> {
  const result = await doors.redeem(request);
  return result.ok ? "ok" : result.reason;
}

test("a ticket stands in a URL as it is, and is redeemed for what it was issued with", async () => {
  const doors = office();
  const ticket = await doors.issue({ path: PATH, data: { user: "Änn" } });
  assert.match(ticket, /^v1\.[\w-]{8}\.[\w-]+\.[\w-]{43}$/);
  const result = await doors.redeem(showing(ticket));
  assert.ok(result.ok);
  assert.deepEqual(result.data, { user: "Änn" });
  assert.equal(result.expiresAt, 1_030_000);
  assert.match(result.id, /^[\w-]{22}$/);
});

test("a ticket among the subprotocols is redeemed too", async () => {
  const doors = office();
  const ticket = await doors.issue({ path: PATH, data: { user: "ann" } });
  const offer = `v1, ${tokenSubprotocol(ticket)}`;
  const request = new Request(`http://a.example${PATH}`, { headers: { "sec-websocket-protocol": offer } });
  assert.equal(await reasonOf(doors, request), "ok");
});

test("no two tickets are the same", async () => {
  const doors = office();
  const issued = await Promise.all(
    Array.from({ length: 50 }, () => doors.issue({ path: PATH, data: { user: "ann" } })),
  );
  assert.equal(new Set(issued).size, 50);
});

test("a ticket expires after its lifetime and the skew of clocks, to the millisecond", async () => {
  const doors = office({ lifetimeMs: 100, clockSkewMs: 10 });
  const ticket = await doors.issue({ path: PATH, data: { user: "ann" } });
  doors.nowMs += 109;
  assert.equal(await reasonOf(doors, showing(ticket)), "ok");
  doors.nowMs += 1;
  assert.equal(await reasonOf(doors, showing(ticket)), "expired");
});

test("a ticket of a server whose clock is ahead is taken", async () => {
  const doors = office();
  const ticket = await doors.issue({ path: PATH, data: { user: "ann" } });
  doors.nowMs -= 60_000;
  assert.equal(await reasonOf(doors, showing(ticket)), "ok");
});

test("a ticket is good for its path alone, written as a URL has it", async () => {
  const doors = office();
  const ticket = await doors.issue({ path: "/chat/Köln", data: { user: "ann" } });
  assert.equal(await reasonOf(doors, showing(ticket, "/chat/Köln")), "ok");
  assert.equal(await reasonOf(doors, showing(ticket, "/chat/K%C3%B6ln")), "ok");
  for (const path of ["/chat/Koln", "/chat/Köln/", "/Köln", "/", "/chat//Köln"]) {
    assert.equal(await reasonOf(doors, showing(ticket, path)), "other-path", path);
  }
});

test("an app that is mounted may say which path was asked for", async () => {
  const doors = office();
  const ticket = await doors.issue({ path: PATH, data: { user: "ann" } });
  assert.equal((await doors.redeem(showing(ticket, "/lobby"), { path: PATH })).ok, true);
  assert.equal((await doors.redeem(showing(ticket, PATH), { path: "/lobby" })).ok, false);
});

test("a request without a ticket, with two, or with what is none", async () => {
  const doors = office();
  const ticket = await doors.issue({ path: PATH, data: { user: "ann" } });
  const [version, keyId, body, signature] = ticket.split(".");
  assert.equal(await reasonOf(doors, new Request(`http://a.example${PATH}`)), "missing");
  const bad = [
    "",
    "x",
    `${ticket}&ticket=${ticket}`,
    `v2.${keyId}.${body}.${signature}`,
    `${version}.${keyId}.${body}`,
    `${version}.${keyId}..${signature}`,
    `${ticket}.`,
    `${ticket}%20`,
    `${ticket}%0A`,
    `${ticket}=`,
    `${version}.${keyId}.${"A".repeat(5000)}.${signature}`,
  ];
  for (const each of bad) assert.equal(await reasonOf(doors, showing(each)), "malformed", each);
  const both = new Request(showing(ticket), {
    headers: { "sec-websocket-protocol": tokenSubprotocol(ticket) },
  });
  assert.equal(await reasonOf(doors, both), "malformed");
});

test("whatever character of a ticket is changed, it is not taken", async () => {
  const doors = office();
  const ticket = await doors.issue({ path: PATH, data: { user: "ann" } });
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
  const changes = fc.tuple(fc.nat({ max: ticket.length - 1 }), fc.constantFrom(...alphabet));
  await fc.assert(
    fc.asyncProperty(changes, async ([at, char]) => {
      fc.pre(ticket[at] !== char);
      const changed = ticket.slice(0, at) + char + ticket.slice(at + 1);
      assert.notEqual(await reasonOf(doors, showing(changed)), "ok");
    }),
    { seed: 2104, numRuns: 200 },
  );
  // The bits that the last character leaves over: one signature must not have several texts.
  for (const last of alphabet) {
    if (ticket.endsWith(last)) continue;
    assert.notEqual(await reasonOf(doors, showing(ticket.slice(0, -1) + last)), "ok");
  }
});

test("what is not signed with our secret is forged, and a key that is not ours is unknown", async () => {
  const doors = office();
  const ticket = await doors.issue({ path: PATH, data: { user: "ann" } });
  const [version, keyId, body, signature] = ticket.split(".");
  const content = new TextDecoder().decode(decodeBase64Url(body)).replace("ann", "eve");
  const changed = encodeBase64Url(new TextEncoder().encode(content));
  assert.equal(await reasonOf(doors, showing(`${version}.${keyId}.${changed}.${signature}`)), "forged");
  const foreign = await office({ secret: OTHER }).issue({ path: PATH, data: { user: "ann" } });
  assert.equal(await reasonOf(doors, showing(foreign)), "unknown-key");
  const [, , foreignBody, foreignSignature] = foreign.split(".");
  assert.equal(await reasonOf(doors, showing(`v1.${keyId}.${foreignBody}.${foreignSignature}`)), "forged");
});

test("a signature that the secret made for another purpose is none", async () => {
  const doors = office();
  const ticket = await doors.issue({ path: PATH, data: { user: "ann" } });
  const signed = ticket.slice(0, ticket.lastIndexOf("."));
  const bytes = new TextEncoder();
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes.encode(SECRET), hmac, false, ["sign"]);
  const plain = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes.encode(signed)));
  assert.equal(await reasonOf(doors, showing(`${signed}.${encodeBase64Url(plain)}`)), "forged");
  const ours = new Uint8Array(
    await crypto.subtle.sign("HMAC", key, bytes.encode(`wirehall.ticket.${signed}`)),
  );
  assert.equal(await reasonOf(doors, showing(`${signed}.${encodeBase64Url(ours)}`)), "ok");
});

test("of several secrets the first signs and all are accepted, so that one can take the other's place", async () => {
  const before = office({ secret: SECRET });
  const between = office({ secret: [OTHER, new TextEncoder().encode(SECRET)] });
  const after = office({ secret: OTHER });
  const old = await before.issue({ path: PATH, data: { user: "ann" } });
  const young = await between.issue({ path: PATH, data: { user: "ann" } });
  assert.equal(await reasonOf(between, showing(old)), "ok");
  assert.equal(await reasonOf(between, showing(young)), "ok");
  assert.equal(await reasonOf(after, showing(young)), "ok");
  assert.equal(await reasonOf(after, showing(old)), "unknown-key");
  assert.equal(await reasonOf(before, showing(young)), "unknown-key");
});

test("a ticket is redeemed once where that is asked for, and one that is refused stays good", async () => {
  const doors = office();
  const once = onceInMemory({ now: () => doors.nowMs });
  const ticket = await doors.issue({ path: PATH, data: { user: "ann" } });
  assert.equal((await doors.redeem(showing(ticket, "/elsewhere"), { once })).ok, false);
  const results = await Promise.all(
    Array.from({ length: 20 }, () => doors.redeem(showing(ticket), { once })),
  );
  assert.equal(results.filter(({ ok }) => ok).length, 1);
  assert.deepEqual(await doors.redeem(showing(ticket), { once }), { ok: false, reason: "used" });
});

test("the store of what was redeemed may be asynchronous, and hears until when to remember", async () => {
  const doors = office();
  const added: unknown[] = [];
  const once = { add: async (...seen: unknown[]) => added.push(seen) === 1 };
  const ticket = await doors.issue({ path: PATH, data: { user: "ann" } });
  const first = await doors.redeem(showing(ticket), { once });
  assert.equal((await doors.redeem(showing(ticket), { once })).ok, false);
  assert.ok(first.ok);
  assert.deepEqual(added[0], [first.id, 1_035_000]);
});

test("data that is too much, or that JSON can't say, is refused with what to do", async () => {
  const doors = tickets({ secret: SECRET });
  await assert.rejects(doors.issue({ path: "/", data: "x".repeat(4000) }), {
    code: "TICKET_TOO_BIG",
    message: /has \d+ characters, and at most 4096 .* put less into data/,
  });
  await assert.rejects(doors.issue({ path: "/", data: 1n }), { code: "INVALID_ARGUMENT" });
});

for (const path of ["", "chat", "https://a.example/", "/a?b", "/a#b", 7]) {
  test(`${JSON.stringify(path)} is no path to issue a ticket for`, async () => {
    const doors = tickets({ secret: SECRET });
    await assert.rejects(doors.issue({ path: path as string, data: 0 }), { code: "INVALID_ARGUMENT" });
  });
}

const WRONG: readonly (readonly [what: string, options: object, says: RegExp])[] = [
  ["no secret", { secret: undefined }, /must be a text, bytes, or a list/],
  ["an empty list", { secret: [] }, /must be a text, bytes, or a list/],
  ["a short secret", { secret: "x".repeat(31) }, /has 31 bytes and needs at least 32.*openssl rand/],
  ["a short second secret", { secret: [SECRET, new Uint8Array(16)] }, /has 16 bytes/],
  ["a secret twice", { secret: [SECRET, OTHER, SECRET] }, /twice/],
  ["a number as a secret", { secret: [5] }, /has number/],
  ["no lifetime", { secret: SECRET, lifetimeMs: 0 }, /lifetimeMs is 0/],
  ["a negative skew", { secret: SECRET, clockSkewMs: -1 }, /clockSkewMs is -1/],
  ["a name that is mistyped", { secret: SECRET, lifeTimeMs: 5 }, /unknown option "lifeTimeMs"/],
];
for (const [what, options, says] of WRONG) {
  test(`tickets with ${what} are refused, and the secret is not repeated`, () => {
    assert.throws(
      () => tickets(options as TicketOptions),
      (error: WirehallError) => {
        assert.equal(error.code, "INVALID_OPTION");
        assert.match(error.message, says);
        return !error.message.includes(SECRET);
      },
    );
  });
}

test("a name that is mistyped does not make a ticket good for ever", async () => {
  const doors = office();
  const wrong = { onse: onceInMemory() } as object;
  await assert.rejects(doors.redeem(showing("x"), wrong), { code: "INVALID_OPTION" });
});

test("a ticket lets in at an endpoint, once, and no stranger", async () => {
  const doors = tickets<User>({ secret: SECRET });
  const once = onceInMemory();
  const endpoint = websocket<User>({
    async upgrade(request) {
      const ticket = await doors.redeem(request, { once });
      return ticket.ok ? { data: ticket.data } : new Response(ticket.reason, { status: 401 });
    },
    open: (connection) => connection.send(`hello, ${connection.data.user}`),
  });
  const server = testServer({ fetch: endpoint });
  const ticket = await doors.issue({ path: PATH, data: { user: "ann" } });
  assert.equal(await (await server.connect(`${PATH}?ticket=${ticket}`)).message(), "hello, ann");
  for (const query of ["", "?ticket=x", `?ticket=${ticket}`]) {
    await assert.rejects(server.connect(PATH + query), { code: "REFUSED" });
  }
});

test("a ticket lets in to a room", async () => {
  const doors = tickets<User>({ secret: SECRET });
  class Guarded extends Room<User> {
    override async onConnect(member: Member<User>, request: Request) {
      const ticket = await doors.redeem(request);
      if (ticket.ok) member.state = ticket.data;
      return ticket.ok ? undefined : new Response("no\n", { status: 401 });
    }
    override onMessage(member: Member<User>) {
      member.send(member.state.user);
    }
  }
  const hall = rooms({ Guarded });
  const server = testServer({ hall, fetch: (request) => hall.Guarded.get("lobby").fetch(request) });
  const ticket = await doors.issue({ path: PATH, data: { user: "ann" } });
  const client = await server.connect(`${PATH}?ticket=${ticket}`);
  client.send("who am I?");
  assert.equal(await client.message(), "ann");
  await assert.rejects(server.connect(PATH), { code: "REFUSED" });
});
