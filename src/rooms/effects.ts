import type { SharedMessage } from "../protocol/mod.ts";
import type { HostMember } from "./host.ts";
import type { Effect } from "./turn.ts";

export class Send implements Effect {
  readonly #member: HostMember;
  readonly #message: SharedMessage;

  constructor(member: HostMember, message: SharedMessage) {
    this.#member = member;
    this.#message = message;
  }

  release(): void {
    this.#member.send(this.#message);
  }
}

/** Those whom a broadcast may reach. */
export interface Audience {
  /** How many have joined. */
  readonly joins: number;
  /** Sends to those of the first so many who joined that are still here. */
  tell(message: SharedMessage, joins: number, except: ReadonlySet<string> | undefined): void;
}

/** To all who are members now, but some; whoever joins in a later turn was not there. */
export class Broadcast implements Effect {
  readonly #members: Audience;
  readonly #joins: number;
  readonly #message: SharedMessage;
  readonly #except: ReadonlySet<string> | undefined;

  constructor(members: Audience, message: SharedMessage, except: ReadonlySet<string> | undefined) {
    this.#members = members;
    this.#joins = members.joins;
    this.#message = message;
    this.#except = except;
  }

  release(): void {
    this.#members.tell(this.#message, this.#joins, this.#except);
  }
}

export class Close implements Effect {
  readonly #member: HostMember;
  readonly #code: number | undefined;
  readonly #reason: string;

  constructor(member: HostMember, code: number | undefined, reason: string) {
    this.#member = member;
    this.#code = code;
    this.#reason = reason;
  }

  release(): void {
    this.#member.close(this.#code, this.#reason);
  }
}
