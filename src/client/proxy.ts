import { WirehallError } from "../errors.ts";
import { bypassesProxy, isLoopback } from "./no-proxy.ts";
import type { DialAddress } from "./stream.ts";
import { addressOf, basicAuthorization, type DialTarget } from "./target.ts";

/** An HTTP proxy, which leads to servers by CONNECT (RFC 9110 9.3.6). */
export interface DialProxy extends DialAddress {
  /** Whether it is reached by TLS. */
  readonly secure: boolean;
  /** With the port, unless it is the scheme's; for messages. */
  readonly host: string;
  /** For the Proxy-Authorization header, where its URL has a user or a password. */
  readonly authorization: string | undefined;
}

/** The proxy to dial through: one, none, or which the environment names for the target. */
export type ProxyChoice = DialProxy | "none" | "environment";

type Environment = (name: string) => string | undefined;

/** Throws `INVALID_OPTION` for a value that is no proxy; `name` is what has it, and the error shows no password. */
export function readProxy(given: string | URL, name: string): DialProxy {
  const text = String(given);
  const url = URL.parse(text.includes("://") ? text : `http://${text}`);
  if (url === null) throw invalid(`${name} is no URL: write http://host:port`);
  const secure = url.protocol === "https:";
  if (!secure && url.protocol !== "http:") {
    throw invalid(
      `${name} has the scheme ${url.protocol}: a proxy's is http: or https:, and proxy: false dials without`,
    );
  }
  return { secure, ...addressOf(url, secure), host: url.host, authorization: authorizationOf(url, name) };
}

/** The proxy for a target. Throws `INVALID_OPTION` where the environment names what is none. */
export function proxyFor(
  choice: ProxyChoice,
  target: DialTarget,
  environment: Environment,
): DialProxy | undefined {
  if (choice === "none") return undefined;
  return choice === "environment" ? proxyByEnvironment(target, environment) : choice;
}

/** As curl and most of what speaks HTTP reads the environment, but that loopback is always reached without a proxy. */
function proxyByEnvironment(target: DialTarget, environment: Environment): DialProxy | undefined {
  if (isLoopback(target)) return undefined;
  const name = variablesFor(target, environment).find((variable) => environment(variable));
  if (name === undefined) return undefined;
  const except = environment("no_proxy") || environment("NO_PROXY") || "";
  return bypassesProxy(except, target) ? undefined : readProxy(environment(name) as string, name);
}

function variablesFor({ secure }: DialTarget, environment: Environment): string[] {
  if (secure) return ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
  // In a CGI program HTTP_PROXY is what the client says in a header "Proxy".
  const isCgi = environment("REQUEST_METHOD") !== undefined;
  return ["http_proxy", ...(isCgi ? [] : ["HTTP_PROXY"]), "all_proxy", "ALL_PROXY"];
}

function authorizationOf(url: URL, name: string): string | undefined {
  try {
    return basicAuthorization(url, name);
  } catch (error) {
    throw invalid((error as Error).message);
  }
}

function invalid(message: string): WirehallError {
  return new WirehallError("INVALID_OPTION", message);
}
