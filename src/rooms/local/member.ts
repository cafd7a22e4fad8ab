import type { Gaps } from "../../endpoint/capability.ts";
import type { Connection } from "../../endpoint/connection.ts";
import { randomId } from "../../endpoint/random.ts";
import { sendShared } from "../../endpoint/session-connection.ts";
import { type SharedMessage, TRY_AGAIN_LATER } from "../../protocol/mod.ts";
import type { HostMember } from "../host.ts";

/** What is kept for a member whose WebSocket is not open yet. */
const MAX_WAITING = 1024;

/** A member whose connection is in this process. */
export class LocalMember implements HostMember {
  readonly id: string = randomId();
  /** Its transport's are its connection's to tell; a room's own are none. */
  readonly gaps: Gaps = {};
  isClosing = false;
  /** Its room is no more, and does not hear of its end. */
  isDismissed = false;
  #state: Uint8Array | undefined;
  #expiresAt: number | undefined;
  #connection: Connection<LocalMember> | undefined;
  /** What was sent and asked for before the WebSocket was open. */
  #waiting: ((connection: Connection<LocalMember>) => void)[] | undefined = [];

  readState(): Uint8Array | undefined {
    return this.#state;
  }

  keepState(state: Uint8Array): void {
    this.#state = state;
  }

  get expiresAt(): number | undefined {
    return this.#connection?.expiresAt ?? this.#expiresAt;
  }

  set expiresAt(at: number | undefined) {
    this.#expiresAt = at;
    if (this.#connection !== undefined) this.#connection.expiresAt = at;
  }

  send(data: SharedMessage, key?: string): void {
    if (this.#connection !== undefined) sendShared(this.#connection, data, key);
    else this.#whenOpen((connection) => sendShared(connection, data, key));
  }

  close(code: number | undefined, reason: string): void {
    this.isClosing = true;
    this.#whenOpen((connection) => connection.close(code, reason));
  }

  dismiss(code: number, reason: string): void {
    this.isDismissed = true;
    this.close(code, reason);
  }

  open(connection: Connection<LocalMember>): void {
    this.#connection = connection;
    connection.expiresAt = this.#expiresAt;
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const act of waiting) act(connection);
  }

  #whenOpen(act: (connection: Connection<LocalMember>) => void): void {
    if (this.#connection !== undefined) act(this.#connection);
    else if (this.#waiting === undefined || this.#waiting.length > MAX_WAITING) return;
    else if (this.#waiting.length < MAX_WAITING) this.#waiting.push(act);
    // An app that holds the upgrade back for so long has a member that can't keep up.
    else this.#waiting.push((connection) => connection.close(TRY_AGAIN_LATER, ""));
  }
}
