import { type Client, type ConnectOptions, connect } from "wirehall/client";
import { FakeClock, FakeNetwork, FakeSockets } from "./fakes.ts";
import { type ReferenceOptions, ReferenceRoom } from "./reference-room.ts";

/** A client in memory, with all that it stands on. */
export interface World {
  readonly client: Client;
  readonly sockets: FakeSockets;
  readonly clock: FakeClock;
  readonly network: FakeNetwork;
  readonly room: ReferenceRoom;
  /** Each state that the client was in. */
  readonly states: string[];
  /** Lets the client come back. */
  comeBack(): void;
}

/** The client's waits are as long as they may be. */
export function world(
  options: ConnectOptions & { readonly room?: ReferenceRoom; readonly server?: ReferenceOptions } = {},
  url: Parameters<typeof connect>[0] = "ws://test/room",
): World {
  const { server, room = new ReferenceRoom(server), ...rest } = options;
  const sockets = new FakeSockets(room);
  const clock = new FakeClock();
  const network = new FakeNetwork();
  const client = connect(url, { WebSocket: sockets.WebSocket, clock, network, random: () => 1, ...rest });
  const states: string[] = [client.status.state];
  client.on("status", ({ state }) => {
    if (state !== states.at(-1)) states.push(state);
  });
  const comeBack = () => {
    client.reconnect();
    sockets.last.open();
  };
  return { client, sockets, clock, network, room, states, comeBack };
}
