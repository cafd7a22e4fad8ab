import { connect } from "wirehall/client";

/** A Worker that joins the room whose address it is given, and says what came of it. */
export default {
  async fetch(request: Request): Promise<Response> {
    const client = connect(new URL(request.url).searchParams.get("room") ?? "", { firstRetryMs: 1 });
    const heard: unknown[] = [];
    client.on("message", ({ data }) => heard.push(data instanceof Uint8Array ? [...data] : data));
    await Promise.all([
      client.send("all hello"),
      client.send(Uint8Array.of(1, 2)),
      client.send("say", "named"),
    ]);
    const refused = await client.send("throw").catch(({ code }) => code);
    const sum = await client.call("add", 1, 2);
    client.close();
    return Response.json({ heard, refused, sum, status: client.status.state });
  },
};
