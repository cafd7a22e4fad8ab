import { type DialedConnection, type DialOptions, dial } from "wirehall/node";
import { Arrivals, type ClientKind, type Session } from "./session.ts";

export interface DialSession extends Session {
  readonly connection: DialedConnection;
}

/** Wirehall's own `dial`. */
export async function openDialed(
  url: string,
  subprotocols: string[] = [],
  options: DialOptions = {},
): Promise<DialSession> {
  const messages = new Arrivals<string | Uint8Array>();
  const connection = await dial(
    url,
    {
      message: (_, data) => messages.push(data),
      close: (_, { code, reason }) => messages.end(new Error(`closed with ${code} ${reason}`)),
    },
    { subprotocols, ...options },
  );
  return {
    connection,
    protocol: connection.subprotocol,
    send: (data) => connection.send(data),
    close: (code, reason) => connection.close(code, reason),
    message: () => messages.next(),
    closed: () => connection.closed,
  };
}

export const dialClient: ClientKind = { name: "dial", open: openDialed };
