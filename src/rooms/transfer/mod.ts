import { accessOf, type RoomHandle } from "../handle.ts";
import type { ImportSource } from "./stream.ts";

/**
 * Everything that a room keeps, as lines of JSON (`docs/rooms.md` specifies them): `new Response(await exportRoom(room))`.
 *
 * Till it is read, or cancelled, the room handles nothing else; a reader that takes longer than `turnTimeoutMs` for a
 * step gets `TRANSFER_STALLED`. Members, being connections, are no part of it. Rejects with `EXPORT_UNSUPPORTED` for
 * virtual tables.
 */
export function exportRoom(room: RoomHandle): Promise<ReadableStream<Uint8Array>> {
  return accessOf(room).exports();
}

/**
 * Puts what `exportRoom` gave, on whatever runtime, into a room that keeps nothing: whole or not at all.
 *
 * What it has not read of a stream when it rejects is still there, for its owner to read or to cancel.
 * Rejects with `ROOM_NOT_EMPTY`, with `IMPORT_INVALID` for what is no whole export, and with `TRANSFER_STALLED`.
 */
export function importRoom(room: RoomHandle, source: ImportSource): Promise<void> {
  return accessOf(room).imports(source);
}
