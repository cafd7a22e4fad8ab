import type { Group } from "../case.ts";
import { badAnswers, clientRequests, goodAnswers } from "./handshake-client.ts";
import {
  badRequests,
  extensionGrammar,
  goodRequests,
  sizes,
  subprotocols,
  versions,
} from "./handshake-server.ts";

export const handshake: Group = {
  name: "handshake",
  title: "Opening handshake",
  sections: [
    goodRequests,
    badRequests,
    versions,
    subprotocols,
    extensionGrammar,
    sizes,
    clientRequests,
    goodAnswers,
    badAnswers,
  ],
};
