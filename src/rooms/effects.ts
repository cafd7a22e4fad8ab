import type { SharedMessage } from "../protocol/mod.ts";
import type { HostMember } from "./host.ts";
import type { Effect } from "./turn.ts";

export class Send implements Effect {
  readonly #member: HostMember;
  readonly #message: SharedMessage;
  readonly #key: string | undefined;

  constructor(member: HostMember, message: SharedMessage, key: string | undefined) {
    this.#member = member;
    this.#message = message;
    this.#key = key;
  }

  release(): void {
    this.#member.send(this.#message, this.#key);
  }
}

/** What a broadcast says, and to whom. */
export interface Telling {
  readonly message: SharedMessage;
  readonly key: string | undefined;
  /** To those of the first so many who joined that are still here. */
  readonly joins: number;
  /** But not to those with these ids. */
  readonly except: ReadonlySet<string> | undefined;
}

/** Those whom a broadcast may reach. */
export interface Audience {
  /** How many have joined. */
  readonly joins: number;
  tell(what: Telling): void;
}

/** To all who are members now, but some; whoever joins in a later turn was not there. */
export class Broadcast implements Effect, Telling {
  readonly message: SharedMessage;
  readonly key: string | undefined;
  readonly joins: number;
  readonly except: ReadonlySet<string> | undefined;
  readonly #members: Audience;

  constructor(
    members: Audience,
    message: SharedMessage,
    key: string | undefined,
    except: ReadonlySet<string> | undefined,
  ) {
    this.#members = members;
    this.joins = members.joins;
    this.message = message;
    this.key = key;
    this.except = except;
  }

  release(): void {
    this.#members.tell(this);
  }
}

/** Sets when a member expires. */
export class Expiry implements Effect {
  readonly #member: HostMember;
  readonly #at: number | undefined;

  constructor(member: HostMember, at: number | undefined) {
    this.#member = member;
    this.#at = at;
  }

  release(): void {
    this.#member.expiresAt = this.#at;
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
