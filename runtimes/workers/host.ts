import { systemClock } from "../../src/endpoint/clock.ts";
import { agreeOnCompression } from "../../src/endpoint/compression.ts";
import { chooseSubprotocol, negotiate } from "../../src/endpoint/negotiate.ts";
import { type ResolvedOptions, resolveOptions } from "../../src/endpoint/options.ts";
import { Allowance } from "../../src/endpoint/rate.ts";
import { bytesOf, exceeds } from "../../src/endpoint/size.ts";
import { ABNORMAL_END } from "../../src/endpoint/socket.ts";
import { answerClose } from "../../src/endpoint/standard-socket.ts";
import { isUpgrade } from "../../src/endpoint/upgrade.ts";
import { type CloseEnd, POLICY_VIOLATION, TOO_BIG, TRY_AGAIN_LATER } from "../../src/protocol/mod.ts";
import { roomKey } from "../../src/rooms/access.ts";
import { type CallReply, type Reply, replyOf } from "../../src/rooms/calls.ts";
import type { Host, HostMember } from "../../src/rooms/host.ts";
import { RoomKeeper } from "../../src/rooms/keeper.ts";
import { DEFAULT_LIMITS } from "../../src/rooms/limits.ts";
import { answersRequests, type RoomClass } from "../../src/rooms/room.ts";
import { kindOf } from "../../src/rooms/rooms.ts";
import type { Store } from "../../src/rooms/store.ts";
import type { ImportSource } from "../../src/rooms/transfer/stream.ts";
import { Backlog } from "./backlog.ts";
import { nativeGaps } from "./capabilities.ts";
import { takeChain } from "./chain.ts";
import { DurableMember } from "./member.ts";
import { type DurableContext, switchingProtocols, type WorkersWebSocket, webSocketPair } from "./platform.ts";
import { DurableStore } from "./store.ts";

const OPEN = 1;

/** One room in its Durable Object, whose WebSockets hibernate. */
export class DurableRoom implements Host {
  readonly name: string;
  readonly store: Store;
  readonly #context: DurableContext;
  readonly #roomClass: RoomClass;
  readonly #key: string;
  readonly #options: ResolvedOptions;
  readonly #keeper: RoomKeeper;
  readonly #backlog = new Backlog();
  /** How many have joined since the object was made. */
  #joins = 0;
  #known = new WeakMap<WorkersWebSocket, DurableMember>();
  /** What each may still send, where its rate is limited; also while the room itself is out of memory. */
  readonly #allowances = new WeakMap<WorkersWebSocket, Allowance>();

  constructor(context: DurableContext, roomClass: RoomClass) {
    this.name = context.id.name ?? "";
    this.#context = context;
    this.#roomClass = roomClass;
    this.store = new DurableStore(context.storage);
    const { key = "", options = resolveOptions({}), limits = DEFAULT_LIMITS } = kindOf(roomClass) ?? {};
    this.#options = options;
    this.#key = key;
    this.#keeper = new RoomKeeper(roomClass, this, {
      ...limits,
      room: roomKey(key, this.name),
      log: options.log,
      clock: systemClock,
    });
  }

  async fetch(incoming: Request): Promise<Response> {
    const { request, chain } = takeChain(incoming);
    if (!isUpgrade(request) && answersRequests(this.#roomClass)) {
      return await this.#keeper.request(request, chain);
    }
    const offer = negotiate(request, this.#options);
    if (offer instanceof Response) return offer;
    const subprotocol = chooseSubprotocol(offer, this.#options);
    if (subprotocol instanceof Response) return subprotocol;
    const { client, server } = webSocketPair();
    const refusal = await this.#keeper.connect(new DurableMember(server), request, chain);
    if (refusal !== undefined) return refusal;
    const { compression, log } = this.#options;
    const agreed = agreeOnCompression(offer, compression, nativeGaps, log);
    return switchingProtocols(client, subprotocol, new Headers(), agreed);
  }

  call(method: string, args: Uint8Array, chain: readonly string[]): Promise<CallReply> {
    return this.#keeper.call(method, args, chain);
  }

  /** All but the object itself, which is the platform's to evict. */
  hibernate(): Promise<void> {
    return this.#keeper.hibernate();
  }

  exports(): Promise<Reply<ReadableStream<Uint8Array>>> {
    return replyOf(this.#keeper.exports(this.#key));
  }

  imports(source: ImportSource): Promise<Reply<void>> {
    return replyOf(this.#keeper.imports(source));
  }

  // What Cloudflare calls.

  async message(webSocket: WorkersWebSocket, data: string | ArrayBuffer): Promise<void> {
    const member = this.#member(webSocket);
    if (member.isClosing) return;
    const message = typeof data === "string" ? data : new Uint8Array(data);
    if (exceeds(message, this.#options.maxMessageBytes)) {
      member.close(TOO_BIG, `a message has over ${this.#options.maxMessageBytes} bytes`);
    } else if (!this.#isInRate(member, message)) {
      member.close(POLICY_VIOLATION, "too fast");
    } else if (!this.#backlog.add(member.id, message.length)) {
      member.close(TRY_AGAIN_LATER, "");
    } else {
      try {
        await this.#keeper.message(member, message);
      } finally {
        this.#backlog.remove(member.id, message.length);
      }
    }
  }

  /** What a member may still send is kept in memory: an object that hibernates has been quiet for long enough. */
  #isInRate(member: DurableMember, message: string | Uint8Array): boolean {
    const { messageRate, clock } = this.#options;
    if (messageRate === undefined) return true;
    const nowMs = clock.now();
    let allowance = this.#allowances.get(member.webSocket);
    if (allowance === undefined) {
      allowance = new Allowance(messageRate, nowMs);
      this.#allowances.set(member.webSocket, allowance);
    }
    return allowance.take(bytesOf(message), nowMs);
  }

  async closed(webSocket: WorkersWebSocket, end: CloseEnd): Promise<void> {
    // Hibernating sockets leave the answer to us, at every compatibility date.
    answerClose(webSocket, end);
    await this.#leave(this.#member(webSocket), end.code === ABNORMAL_END.code ? ABNORMAL_END : end);
  }

  async failed(webSocket: WorkersWebSocket): Promise<void> {
    // From then on it is not open any more.
    answerClose(webSocket, ABNORMAL_END);
    await this.#leave(this.#member(webSocket), ABNORMAL_END);
  }

  // What the keeper asks for.

  /** Without a look at what each has kept, which would take its time: who was closed, or has left, is not open. */
  members(): Iterable<HostMember> {
    return this.#inOrder().map((webSocket) => this.#member(webSocket));
  }

  /** Those that are open, in the order in which they came, which workerd does not keep. */
  #inOrder(): WorkersWebSocket[] {
    const open = this.#context.getWebSockets().filter(({ readyState }) => readyState === OPEN);
    const numbered = open.map((webSocket) => ({ webSocket, joined: this.#context.getTags(webSocket)[1] }));
    return numbered.sort((a, b) => (a.joined < b.joined ? -1 : 1)).map(({ webSocket }) => webSocket);
  }

  admit(candidate: HostMember): void {
    const member = candidate as DurableMember;
    this.#context.acceptWebSocket(member.webSocket, [member.id, joinTag(this.#joins++)]);
    this.#known.set(member.webSocket, this.#watch(member));
  }

  rest(): void {
    this.#known = new WeakMap();
  }

  #member(webSocket: WorkersWebSocket): DurableMember {
    let member = this.#known.get(webSocket);
    if (member === undefined) {
      member = this.#watch(new DurableMember(webSocket, this.#context.getTags(webSocket)[0]));
      this.#known.set(webSocket, member);
    }
    return member;
  }

  /** A peer that does not answer our close frame is taken for gone. */
  #watch(member: DurableMember): DurableMember {
    member.onClosing = () => {
      systemClock.after(this.#options.closeTimeoutMs, () => void this.#leave(member, ABNORMAL_END));
    };
    return member;
  }

  async #leave(member: DurableMember, end: CloseEnd): Promise<void> {
    const first = member.leave(end);
    if (first !== undefined) await this.#keeper.closed(member, first);
  }
}

/** Sorts members by when they joined, also those that joined before the object was evicted. */
function joinTag(count: number): string {
  return `${Date.now().toString(36).padStart(9, "0")} ${count.toString(36).padStart(9, "0")}`;
}
