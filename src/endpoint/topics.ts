import { SharedMessage } from "../protocol/mod.ts";

/** What a topic needs of a connection. */
export interface Subscriber {
  readonly isOpen: boolean;
  send(data: SharedMessage, key?: string): boolean;
}

/** Stateless fan-out: who hears which topic in this process. */
export class Topics {
  readonly #subscribers = new Map<string, Set<Subscriber>>();
  readonly #topics = new Map<Subscriber, Set<string>>();

  subscribe(subscriber: Subscriber, topic: string): void {
    addTo(this.#subscribers, topic, subscriber);
    addTo(this.#topics, subscriber, topic);
  }

  unsubscribe(subscriber: Subscriber, topic: string): void {
    removeFrom(this.#subscribers, topic, subscriber);
    removeFrom(this.#topics, subscriber, topic);
  }

  /** Forgets a subscriber that is gone. */
  forget(subscriber: Subscriber): void {
    for (const topic of this.#topics.get(subscriber) ?? []) removeFrom(this.#subscribers, topic, subscriber);
    this.#topics.delete(subscriber);
  }

  /** Sends to each open subscriber but `except`; returns how many that were. The message is encoded once. */
  publish(topic: string, data: string | Uint8Array, except?: Subscriber, key?: string): number {
    const subscribers = this.#subscribers.get(topic);
    if (subscribers === undefined) return 0;
    const message = new SharedMessage(data);
    let reached = 0;
    for (const subscriber of subscribers) {
      if (subscriber === except || !subscriber.isOpen) continue;
      subscriber.send(message, key);
      reached++;
    }
    return reached;
  }
}

function addTo<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const set = map.get(key);
  if (set === undefined) map.set(key, new Set([value]));
  else set.add(value);
}

function removeFrom<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const set = map.get(key);
  if (set?.delete(value) && set.size === 0) map.delete(key);
}
