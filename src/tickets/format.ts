import { WirehallError } from "../errors.ts";
import { decodeBase64Url, encodeBase64Url } from "../protocol/mod.ts";
import type { TicketKey } from "./keys.ts";

/** What a ticket says, and its signature proves. */
export interface TicketContent {
  /** 128 random bits, in base64url. */
  readonly id: string;
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly data: unknown;
}

/** A ticket's text taken apart, before anything of it is believed. */
export interface TicketParts {
  readonly keyId: string;
  readonly signed: Uint8Array<ArrayBuffer>;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly signature: Uint8Array<ArrayBuffer>;
}

/** So long may a ticket be: with base64url around it, it still fits into the header of any proxy. */
const MAX_TICKET_LENGTH = 4096;

/** Version, key, body and signature: all base64url, so that it stands in a URL as it is. */
const FORMAT = /^(v1\.([\w-]{8})\.([\w-]+))\.([\w-]{43})$/;

/** Stands before what is signed, so that a signature made with the same secret for another purpose is none here. */
const PURPOSE = "wirehall.ticket.";

const encoder = new TextEncoder();

/** Writes a ticket. Throws `TICKET_TOO_BIG`, and `INVALID_ARGUMENT` for data that JSON can't say. */
export async function writeTicket({ id, key }: TicketKey, content: TicketContent): Promise<string> {
  const signed = `v1.${id}.${encodeBase64Url(encoder.encode(toJson(content)))}`;
  const signature = await crypto.subtle.sign("HMAC", key, encoder.encode(PURPOSE + signed));
  const ticket = `${signed}.${encodeBase64Url(new Uint8Array(signature))}`;
  if (ticket.length > MAX_TICKET_LENGTH) {
    throw new WirehallError(
      "TICKET_TOO_BIG",
      `the ticket has ${ticket.length} characters, and at most ${MAX_TICKET_LENGTH} travel safely: put less into data`,
    );
  }
  return ticket;
}

/** Undefined for what is no ticket. */
export function readTicket(ticket: string): TicketParts | undefined {
  if (ticket.length > MAX_TICKET_LENGTH) return undefined;
  const [, signed, keyId, bodyText, signatureText] = FORMAT.exec(ticket) ?? [];
  if (signed === undefined) return undefined;
  const body = decodeBase64Url(bodyText);
  const signature = decodeBase64Url(signatureText);
  if (body === undefined || signature === undefined) return undefined;
  return { keyId, signed: encoder.encode(PURPOSE + signed), body, signature };
}

/** Whether the signature is the key's; how long it takes does not tell how much of it is right. */
export function isSigned({ signed, signature }: TicketParts, { key }: TicketKey): Promise<boolean> {
  return crypto.subtle.verify("HMAC", key, signature, signed);
}

/** What is said in a body whose signature was good; undefined where another version of ours wrote it. */
export function readContent(body: Uint8Array): TicketContent | undefined {
  try {
    const content: TicketContent = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    const { id, path, expiresAt } = content;
    const isWhole = typeof id === "string" && typeof path === "string" && Number.isSafeInteger(expiresAt);
    return isWhole ? content : undefined;
  } catch {
    return undefined;
  }
}

function toJson(content: TicketContent): string {
  try {
    return JSON.stringify(content);
  } catch (cause) {
    throw new WirehallError("INVALID_ARGUMENT", "the data of a ticket must be what JSON can say", { cause });
  }
}
