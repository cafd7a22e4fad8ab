import { DurableObject } from "cloudflare:workers";
import type { CallReply, Reply } from "../../src/rooms/calls.ts";
import type { RoomClass } from "../../src/rooms/room.ts";
import type { ImportSource } from "../../src/rooms/transfer/stream.ts";
import type { DurableObjectClass } from "../../src/serve.ts";
import { DurableRoom } from "./host.ts";
import type { DurableContext, WorkersWebSocket } from "./platform.ts";

/** Makes the Durable Object of a class of rooms. */
export function durable(roomClass: RoomClass): DurableObjectClass {
  return class extends DurableObject {
    readonly #room: DurableRoom;

    constructor(context: object, env: object) {
      super(context, env);
      this.#room = new DurableRoom(context as DurableContext, roomClass);
    }

    fetch(request: Request): Promise<Response> {
      return this.#room.fetch(request);
    }

    wirehallCall(method: string, args: Uint8Array, chain: readonly string[]): Promise<CallReply> {
      return this.#room.call(method, args, chain);
    }

    wirehallHibernate(): Promise<void> {
      return this.#room.hibernate();
    }

    wirehallExport(): Promise<Reply<ReadableStream<Uint8Array>>> {
      return this.#room.exports();
    }

    wirehallImport(source: ImportSource): Promise<Reply<void>> {
      return this.#room.imports(source);
    }

    webSocketMessage(webSocket: WorkersWebSocket, data: string | ArrayBuffer): Promise<void> {
      return this.#room.message(webSocket, data);
    }

    webSocketClose(
      webSocket: WorkersWebSocket,
      code: number,
      reason: string,
      wasClean: boolean,
    ): Promise<void> {
      return this.#room.closed(webSocket, { code, reason, wasClean });
    }

    webSocketError(webSocket: WorkersWebSocket): Promise<void> {
      return this.#room.failed(webSocket);
    }
  };
}
