import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { newFolder } from "../storage/places.ts";
import { opcodes } from "../support/raw-frames.ts";
import { launchers, Program } from "./program.ts";

const mounted: string[] = [];
after(() => {
  for (const path of mounted) execFileSync("umount", [path]);
});
const folder = newFolder();

/** A disk of its own, so small that it is soon full; undefined where we may not mount one. */
function smallDisk(name: string): string | undefined {
  const path = join(folder, name);
  mkdirSync(path);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", path], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  mounted.push(path);
  return path;
}

for (const launcher of launchers) {
  const { runtime } = launcher;
  // Without a disk to fill, the size of files is bounded, which ends Deno by a signal.
  const disk = smallDisk(runtime);
  if (disk === undefined && runtime === "deno") continue;

  test(`${runtime}: on a full disk nothing is said that was not kept`, async () => {
    const path = join(disk ?? join(folder, `${runtime}-bounded`), "hall.db");
    const program = new Program(launcher, path, disk === undefined ? "ulimit -f 1024" : undefined);
    const witness = await program.join("script", "r");
    const writer = await program.join("script", "r");
    const said: string[] = [];
    for (let number = 0; ; number++) {
      const key = String(number).padStart(4, "0");
      writer.send(["put", `n${key}`, "x".repeat(20_000)], ["say", `kept ${key}`]);
      const { opcode, payload } = await writer.raw.frame();
      if (opcode === opcodes.close) {
        assert.equal(payload.readUInt16BE(), 1011);
        break;
      }
      said.push(payload.toString());
      assert.deepEqual(await writer.next(), [null, null]);
    }
    writer.raw.socket.destroy();
    assert.ok(said.length > 3, `${said.length} values fitted`);
    for (const text of said) assert.equal(await witness.next(), text);
    // The room goes on: what writes nothing is handled, and what is read is what was said.
    assert.equal(await witness.next(), "someone left");
    const listed = (await witness.run(["list", { prefix: "n" }])) as [string][][];
    const kept = listed[0].map(([key]) => `kept ${key.slice(1)}`);
    assert.deepEqual(kept, said);
    const reason = disk === undefined ? "disk I/O error" : "database or disk is full";
    assert.match(
      program.said,
      new RegExp(`commit-failed: room "r": what turns wrote could not be kept.*: ${reason}`),
    );
    await program.kill();

    const again = new Program(launcher, path);
    const [entries] = (await (await again.join("script", "r")).run(["list", { prefix: "n" }])) as [
      string,
    ][][];
    assert.equal(entries.length, said.length);
    await again.kill();
  });

  test(`${runtime}: a file that can't be written is refused at the start, and the process ends with a failure`, async () => {
    const own = disk ?? join(folder, `${runtime}-rights`);
    const path = join(own, "hall.db");
    if (disk === undefined) mkdirSync(own);
    const first = new Program(launcher, path);
    (await first.join("script", "r")).raw.socket.destroy();
    await first.kill();
    if (disk !== undefined) execFileSync("mount", ["-o", "remount,ro", disk]);
    else for (const each of [path, own]) chmodSync(each, 0o555);
    const program = new Program(launcher, path);
    const { code, said } = await program.end();
    assert.match(said, /^wirehall: listen-failed: the hall's file .*hall\.db can't be opened for writing/m);
    assert.equal(said.trimEnd().split("\n").length, 1, said);
    assert.equal(code, 1);
  });
}
