import assert from "node:assert/strict";
import { test } from "node:test";
import { createElement, StrictMode, useEffect } from "react";
import { renderToString } from "react-dom/server";
import { act, create, type ReactTestRenderer } from "react-test-renderer";
import type { ConnectOptions } from "wirehall/client";
import { type RoomView, useRoom } from "wirehall/react";
import { FakeClock, FakeNetwork, FakeSockets } from "../client/fakes.ts";
import { ReferenceRoom } from "../client/reference-room.ts";

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

interface Props {
  readonly url: string;
  readonly heard?: unknown[];
}

/** A component that shows its room in words, and what it stands on. */
class Stage {
  readonly room = new ReferenceRoom();
  readonly sockets = new FakeSockets(this.room);
  readonly options: ConnectOptions = {
    WebSocket: this.sockets.WebSocket,
    clock: new FakeClock(),
    network: new FakeNetwork(),
  };
  readonly views: RoomView[] = [];
  renderer: ReactTestRenderer | undefined;

  readonly Room = ({ url, heard }: Props) => {
    const view = useRoom(url, this.options);
    this.views.push(view);
    const { client, status, members } = view;
    useEffect(() => client?.on("message", ({ data }) => heard?.push(data)), [client, heard]);
    return `${status.state}, ${members.size} here`;
  };

  async render(url: string, strict = false, heard?: unknown[]): Promise<void> {
    const element = createElement(this.Room, { url, heard });
    await act(async () => {
      const whole = strict ? createElement(StrictMode, null, element) : element;
      if (this.renderer === undefined) this.renderer = create(whole);
      else this.renderer.update(whole);
    });
  }

  get shown(): unknown {
    return this.renderer?.toJSON();
  }
}

test("on a server a room is being connected to, and nothing is opened", () => {
  const stage = new Stage();
  const html = renderToString(createElement(stage.Room, { url: "ws://test/room" }));
  assert.deepEqual([html, stage.sockets.all.length], ["connecting, 0 here", 0]);
  assert.equal(stage.views[0]?.client, undefined);
});

for (const strict of [false, true]) {
  test(`a component shows how its room is${strict ? ", in strict mode" : ""}, and leaves it when it goes`, async () => {
    const stage = new Stage();
    const heard: unknown[] = [];
    await stage.render("ws://test/room", strict, heard);
    assert.deepEqual([stage.shown, stage.sockets.all.length], ["connecting, 0 here", 1]);
    await act(async () => stage.sockets.last.open());
    assert.equal(stage.shown, "open, 1 here");
    stage.room.broadcast({ data: "hello" });
    assert.deepEqual(heard, ["hello"]);
    await act(async () => stage.sockets.last.end(1006));
    assert.equal(stage.shown, "resuming, 1 here");
    await act(async () => stage.views.at(-1)?.client?.reconnect());
    await act(async () => stage.sockets.last.open());
    assert.equal(stage.shown, "open, 1 here");
    await act(async () => stage.renderer?.unmount());
    assert.deepEqual([stage.sockets.last.closed?.code, stage.room.connections.size], [1000, 0]);
  });
}

test("another URL is another room, and the same one nothing new", async () => {
  const stage = new Stage();
  await stage.render("ws://test/one");
  await stage.render("ws://test/one");
  assert.equal(stage.sockets.all.length, 1);
  await act(async () => stage.sockets.last.open());
  await stage.render("ws://test/two");
  assert.deepEqual(
    stage.sockets.all.map(({ url, closed }) => [url, closed?.code]),
    [
      ["ws://test/one", 1000],
      ["ws://test/two", undefined],
    ],
  );
  assert.equal(stage.shown, "connecting, 0 here");
  await act(async () => stage.renderer?.unmount());
});

test("a view is the same until something changes", async () => {
  const stage = new Stage();
  await stage.render("ws://test/room");
  const before = stage.views.at(-1);
  await stage.render("ws://test/room");
  assert.equal(stage.views.at(-1), before);
  await act(async () => stage.sockets.last.open());
  assert.notEqual(stage.views.at(-1), before);
  assert.equal(before?.status.state, "connecting");
  await act(async () => stage.renderer?.unmount());
});
