import type { Behaviour } from "../behaviour.ts";
import { compute } from "./compute.ts";
import { containers } from "./containers.ts";
import { data } from "./data.ts";
import { identity } from "./identity.ts";
import { loadBalancing } from "./load-balancing.ts";
import { network } from "./network.ts";
import { operations } from "./operations.ts";
import { privateLink } from "./private-link.ts";

/** What the SDK does not say about AWS's types, by type token. */
export const behaviours: ReadonlyMap<string, Behaviour> = new Map(
  Object.entries({
    ...network,
    ...privateLink,
    ...compute,
    ...loadBalancing,
    ...containers,
    ...data,
    ...identity,
    ...operations,
  }),
);
