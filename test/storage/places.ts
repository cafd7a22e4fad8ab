import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { openStorage } from "../../runtimes/node/storage.ts";
import type { HallStorage } from "../../src/rooms/local/storage.ts";

/** Where rooms of a process may keep what they keep. */
export const places = ["in memory", "in a file", "in memory, with SQL", "in a file, with SQL"] as const;
export type Place = (typeof places)[number];

/** A folder for the tests of a file or a describe, which is gone after them. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "wirehall-storage-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Opens a new storage for each test; all are closed in the end. */
export function openPlace(place: Place): () => HallStorage {
  const folder = newFolder();
  const opened: HallStorage[] = [];
  after(() => {
    for (const storage of opened) storage.close();
  });
  return () => {
    const path = join(folder, `${opened.length}`, "hall.db");
    const storage = openStorage(place.startsWith("in a file") ? { path } : "memory");
    opened.push(storage);
    return storage;
  };
}
