import process from "node:process";
import { Hono } from "hono";
import { Room, rooms, websocket } from "wirehall";

/** The app that the attached servers share. */
class EchoRoom extends Room {
  override onMessage(_member: unknown, data: string | Uint8Array): void {
    this.broadcast(data);
  }
}

const echo = websocket({ message: (connection, data) => connection.send(data) });
export const hall = rooms({ Echo: EchoRoom });
export const app: Hono = new Hono();
app.get("/", (c) => c.text("plain"));
app.get("/echo", (c) => echo(c.req.raw));
app.get("/room", (c) => hall.Echo.get("one").fetch(c.req.raw));

export function listening(port: number): void {
  console.log(`FIXTURE ${port} http://127.0.0.1:${port}`);
  process.stdin.on("end", () => process.exit());
  process.stdin.resume();
}
