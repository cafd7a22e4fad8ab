import type { Gaps } from "../../src/endpoint/capability.ts";
import { randomId } from "../../src/endpoint/random.ts";
import type { Allowance } from "../../src/endpoint/rate.ts";
import { type CloseEnd, NO_STATUS, type SharedMessage } from "../../src/protocol/mod.ts";
import type { HostMember } from "../../src/rooms/host.ts";
import { nativeGaps } from "./capabilities.ts";
import type { WorkersWebSocket } from "./platform.ts";

/** What a hibernating WebSocket keeps. */
interface Attachment {
  readonly state?: unknown;
  /** Our close frame, where it was the first. */
  readonly closing?: { readonly code: number; readonly reason: string };
  /** The room has heard of its end; workerd lists it until the peer answers. */
  readonly gone?: boolean;
}

/** A member whose WebSocket hibernates: its id is the tag, its state the attachment. */
export class DurableMember implements HostMember {
  readonly id: string;
  readonly webSocket: WorkersWebSocket;
  readonly gaps: Gaps = nativeGaps;
  /** What it may still send, where its rate is limited. */
  allowance: Allowance | undefined;
  /** Never assigned: it is a gap. */
  expiresAt: number | undefined;
  onClosing: (() => void) | undefined;

  constructor(webSocket: WorkersWebSocket, id: string = randomId()) {
    this.id = id;
    this.webSocket = webSocket;
  }

  get isClosing(): boolean {
    return this.#attachment.closing !== undefined;
  }

  get isGone(): boolean {
    return this.#attachment.gone === true;
  }

  readState(): unknown {
    return this.#attachment.state;
  }

  keepState(state: unknown): void {
    this.#attach({ state });
  }

  send({ data }: SharedMessage): void {
    try {
      // A copy: workerd sends what the array holds later.
      this.webSocket.send(typeof data === "string" ? data : new Uint8Array(data));
    } catch {
      // It is closing or gone, of which the room hears by its own event.
    }
  }

  close(code: number | undefined, reason: string): void {
    if (this.isClosing || this.isGone) return;
    this.#attach({ closing: { code: code ?? NO_STATUS, reason } });
    try {
      if (code === undefined) this.webSocket.close();
      else this.webSocket.close(code, reason);
    } catch {
      // It is gone already.
    }
    this.onClosing?.();
  }

  /** Marks the end, once: the result has code and reason of the first close frame in either direction. */
  leave(end: CloseEnd): CloseEnd | undefined {
    const { closing, gone } = this.#attachment;
    if (gone) return undefined;
    this.#attach({ gone: true });
    return closing === undefined ? end : { ...closing, wasClean: end.wasClean };
  }

  get #attachment(): Attachment {
    return (this.webSocket.deserializeAttachment() as Attachment | null) ?? {};
  }

  #attach(more: Attachment): void {
    this.webSocket.serializeAttachment({ ...this.#attachment, ...more });
  }
}
