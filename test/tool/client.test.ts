import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { WebSocket as WsSocket } from "ws";
import { against, others } from "./tool.ts";

const example: string = fileURLToPath(new URL("../../tool/example-client.ts", import.meta.url));

const groups = ["1", "2", "3", "4", "6", "7", "5.1", "5.4"];

/** npm `ws` as an echo client. */
async function wsClient(base: string): Promise<void> {
  const visit = (
    path: string,
    message: (socket: WsSocket, data: Buffer, isBinary: boolean) => void,
  ): Promise<void> =>
    new Promise((resolve) => {
      const socket = new WsSocket(base + path);
      socket.on("message", (data, isBinary) => message(socket, data as Buffer, isBinary));
      socket.on("error", () => {});
      socket.on("close", () => resolve());
    });
  let count = 0;
  await visit("/count", (_, data) => {
    count = Number(data.toString());
  });
  const waiting = Array.from({ length: count }, (_, i) => i + 1).values();
  const work = async (): Promise<void> => {
    for (const n of waiting)
      await visit(`/case/${n}`, (socket, data, isBinary) => socket.send(data, { binary: isBinary }));
  };
  await Promise.all(Array.from({ length: 8 }, work));
}

/** The example that the tool ships, which uses the global WebSocket of Node. */
function exampleClient(base: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [example, base], { stdio: ["ignore", "ignore", "inherit"] });
    child.on("error", reject);
    child.on("close", () => resolve());
  });
}

describe("the tool as a server", { concurrency: 2 }, () => {
  test("passes npm ws as a client, whose lengths need not be minimal", async () => {
    const { report, err } = await against(wsClient, [...groups, "9.5", "10.3"]);
    assert.ok(report !== undefined, err);
    const lenient = report.results.filter(({ verdict }) => verdict === "lenient");
    // Of an answer with two extensions it takes the first, and does not look at the second.
    const rest = report.results.filter(({ id }) => id !== "9.5.8");
    assert.deepEqual(others(rest, "lenient", "informational"), []);
    assert.ok(
      lenient.some(({ id }) => id.startsWith("1.4.")),
      "non-minimal lengths were not told",
    );
  });

  test("runs all cases with the example client on Node", async () => {
    const { report, err } = await against(exampleClient, groups);
    assert.ok(report !== undefined, err);
    assert.equal(report.role, "client");
    const strict = report.results.filter(({ verdict }) => verdict === "strict");
    assert.ok(strict.length > report.results.length * 0.7, others(report.results).join("\n"));
  });
});
