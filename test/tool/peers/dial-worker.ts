// An echo client by `dial` inside a Worker, for the conformance tool: ?base=...&options=..., the latter as JSON.
import { DialError, dial } from "wirehall/workers";
import { visitCases } from "./visits.ts";

export default {
  async fetch(request: Request): Promise<Response> {
    const query = new URL(request.url).searchParams;
    const options = JSON.parse(query.get("options") ?? "{}");
    await visitCases(dial, (error) => error instanceof DialError, query.get("base") ?? "", options);
    return new Response("done");
  },
};
