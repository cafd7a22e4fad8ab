import { env, exports } from "cloudflare:workers";
import { negotiate } from "../../src/endpoint/negotiate.ts";
import { isUpgrade } from "../../src/endpoint/upgrade.ts";
import { WirehallError } from "../../src/errors.ts";
import type { Locate } from "../../src/rooms/access.ts";
import { unwrap } from "../../src/rooms/calls.ts";
import { withChain } from "./chain.ts";
import { lend } from "./lend.ts";
import type { DurableNamespace } from "./platform.ts";

/** Reaches a room in its Durable Object. A handshake that is bad anyway is refused before it wakes the object. */
export const locate: Locate = ({ key, options }, name) => {
  const stub = () => namespace(key).getByName(name);
  return {
    async fetch(request, chain) {
      if (isUpgrade(request)) {
        const offer = negotiate(request, options);
        if (offer instanceof Response) return offer;
      }
      return await stub().fetch(withChain(request, chain));
    },
    call: async (method, args, chain) => await stub().wirehallCall(method, args, chain),
    hibernate: async () => await stub().wirehallHibernate(),
    exports: async () => unwrap(await stub().wirehallExport()),
    imports: (source) => lend(source, async (lent) => unwrap(await stub().wirehallImport(lent))),
  };
};

/** The key in the hall, the exported class and the name in the migration are one name. */
function namespace(key: string): DurableNamespace {
  for (const found of [exports[key], env[key]]) {
    if (typeof (found as Partial<DurableNamespace> | undefined)?.getByName === "function") {
      return found as DurableNamespace;
    }
  }
  throw new WirehallError(
    "ROOM_NO_CLASS",
    `there is no Durable Object "${key}": export class ${key} extends durable(...) from the main module, and list ` +
      `"${key}" in a migration's new_sqlite_classes in the wrangler configuration`,
  );
}
