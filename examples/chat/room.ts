import { type CloseEnd, type Member, Room } from "wirehall";
import { cleanName, type FromServer, NAME_RULE, type Person, read } from "./protocol.ts";

const MAX_MEMBERS = 500;

type State = { name: string };

/** One chat room: it knows who is here, and tells everybody what one of them says. */
export class ChatRoom extends Room<State> {
  override onConnect(member: Member<State>, request: Request): Response | undefined {
    const name = cleanName(new URL(request.url).searchParams.get("name"));
    if (name === undefined) return new Response(`${NAME_RULE}\n`, { status: 400 });
    if (this.members.size > MAX_MEMBERS) {
      return new Response("This room is full.\n", { status: 503, headers: { "Retry-After": "30" } });
    }
    member.state = { name };
    const here = Array.from(this.members, person);
    member.send(encode({ type: "welcome", id: member.id, room: this.name, here }));
    this.broadcast(encode({ type: "join", who: person(member), at: Date.now() }), { except: member });
    return undefined;
  }

  override onMessage(member: Member<State>, data: string | Uint8Array): void {
    const message = read(data);
    switch (message.type) {
      case "error":
        member.send(encode(message));
        break;
      case "ping":
        member.send(encode({ type: "pong" }));
        break;
      case "message": {
        const { text, id = crypto.randomUUID() } = message;
        this.broadcast(encode({ type: "message", id, from: person(member), text, at: Date.now() }));
      }
    }
  }

  override onClose(member: Member<State>, _end: CloseEnd): void {
    this.broadcast(encode({ type: "leave", who: person(member), at: Date.now() }), { except: member });
  }
}

function person(member: Member<State>): Person {
  return { id: member.id, name: member.state.name };
}

function encode(message: FromServer): string {
  return JSON.stringify(message);
}
