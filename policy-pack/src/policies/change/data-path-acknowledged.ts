import type { Graph, GraphNode } from "../../graph/graph.ts";
import { dataPathTypes } from "../../model/data-path.ts";
import type { Unknown } from "../../model/field.ts";
import { type Ledger, readLedger, writeLedger } from "../../model/ledger.ts";
import { stackNames, stackSetting } from "../../model/stack-config.ts";
import { stackRule } from "../../rule.ts";

/**
 * A policy is shown the new state only, so the rule keeps a ledger of the old one: a file with the id of every data-path resource,
 * written on `up`. At preview a resource whose id is not known any more is being replaced, and one that is missing is being deleted.
 */
export const dataPathAcknowledged = stackRule({
  id: "data-path-acknowledged",
  family: "change",
  severity: "critical",
  what: "No load balancer, endpoint service, key, database, cache, bucket or VPC is replaced or deleted, unless the stack's configuration acknowledges it by name.",
  why: "One renamed argument replaces an endpoint service: every tenant has to connect again; or a key: what it encrypted is lost.",
  mend: "Undo the change, keep the name with an alias, or acknowledge it: pulumi config set --path 'policy:acknowledge[0]' <name>.",
  frameworks: { nist: ["CM-3", "CM-4", "CP-9"], pci: ["6.5.1"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  config: {
    properties: {
      ledger: {
        type: "string",
        default: "",
        description:
          "The ledger's file, one a stack: `{stack}` stands for its name; also as `policy:ledger` in the stack's configuration. Without one the rule knows no past.",
      },
      acknowledge: {
        type: "array",
        items: { type: "string" },
        default: [],
        description: "Names that may be replaced or deleted, beside `policy:acknowledge` of the stack's configuration.",
      },
    },
  },
  check(graph, report, config) {
    const path = String(stackSetting("ledger") ?? config["ledger"]).replaceAll(
      "{stack}",
      process.env["PULUMI_NODEJS_STACK"] ?? "",
    );
    if (path === "") {
      return;
    }
    const acknowledged = new Set([...stackNames("acknowledge"), ...(config["acknowledge"] as string[])]);
    const losses = lossesAgainst(readLedger(path) ?? {}, graph).filter(({ urn }) => !acknowledged.has(nameOf(urn)));
    for (const { urn, how } of losses) {
      report.broken("", `${nameOf(urn)} is being ${how}`, urn);
    }
    if (losses.length === 0 && process.env["PULUMI_NODEJS_DRY_RUN"] === "false") {
      writeLedger(path, ledgerOf(graph));
    }
  },
});

/** What of a ledger's data path the stack is about to lose. A ledger may tell of other resources as well. */
export function lossesAgainst(ledger: Ledger, graph: Graph): { urn: string; how: "replaced" | "deleted" }[] {
  const precious = Object.entries(ledger).filter(([urn]) => dataPathTypes.includes(typeOf(urn)));
  return precious.flatMap(([urn, id]): { urn: string; how: "replaced" | "deleted" }[] => {
    const node = graph.get(urn) ?? graph.nodes.find(({ opts }) => opts.aliases.includes(urn));
    if (node === undefined) {
      return [{ urn, how: "deleted" }];
    }
    return identityOf(node) === id ? [] : [{ urn, how: "replaced" }];
  });
}

/** The ledger of a stack whose ids are all known; what has none yet is left out. */
export function ledgerOf(graph: Graph): Ledger {
  const entries = graph.ofType(...dataPathTypes).map((node) => [node.urn, identityOf(node)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

/** What AWS tells a resource by: its ARN, which a replacement changes, or its id. */
function identityOf(node: GraphNode): string | Unknown | undefined {
  const arn = node.outputs.at("arn").text();
  return arn ?? node.outputs.at("id").text();
}

/** The type in a URN, without the types of its parents. */
function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}
