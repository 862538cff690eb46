import { type Field, UNKNOWN } from "../model/field.ts";
import type { Graph, GraphNode } from "./graph.ts";

/** What a property names. */
export interface Reference {
  /** Resources of this stack that it names for certain: by a known id, or as the direct source of its value. */
  readonly nodes: readonly GraphNode[];
  /** Resources that it may name: children of a component that the value comes from. */
  readonly perhaps: readonly GraphNode[];
  /** Known ids of resources outside this stack. */
  readonly outside: readonly string[];
  /** Whether it may name something that cannot be told before `up`. */
  readonly open: boolean;
}

/** Resolves references between a stack's resources: by id where ids are known, else by the dependencies that the engine recorded. */
export class References {
  readonly #graph: Graph;
  readonly #byId = new Map<string, GraphNode>();
  readonly #children = new Map<string, GraphNode[]>();

  constructor(graph: Graph) {
    this.#graph = graph;
    for (const node of graph.nodes) {
      for (const id of idsOf(node)) {
        this.#byId.set(id, this.#byId.get(id) ?? node);
      }
      const name = node.outputs.at("name").text();
      if (typeof name === "string" && name !== "") {
        // A name is unique among resources of its type only.
        this.#byId.set(`${node.type} ${name}`, node);
      }
      if (node.parent !== undefined) {
        const siblings = this.#children.get(node.parent);
        if (siblings === undefined) {
          this.#children.set(node.parent, [node]);
        } else {
          siblings.push(node);
        }
      }
    }
  }

  /** The resources of the given types that a property (a single id or a list) names. */
  resolve(node: GraphNode, types: readonly string[], ...path: string[]): Reference {
    return this.resolveField(node, node.inputs.at(...path), types, path[0] ?? "");
  }

  /** The same for a field that was reached otherwise, such as one entry of an inline list; `property` is its top-level property. */
  resolveField(node: GraphNode, field: Field, types: readonly string[], property: string): Reference {
    const nodes = new Set<GraphNode>();
    const outside: string[] = [];
    let unknown = false;
    for (const item of field.items()) {
      const text = item.text();
      if (text === UNKNOWN) {
        unknown = true;
      } else if (text !== undefined && text !== "") {
        const named =
          this.#byId.get(text) ??
          types.map((type) => this.#byId.get(`${type} ${text}`)).find((found) => found !== undefined);
        if (named !== undefined && types.includes(named.type)) {
          nodes.add(named);
        } else if (named === undefined) {
          outside.push(text);
        }
      }
    }
    const sources = node.sources(property);
    const unnamed = outside.length > 0 && sources.some(({ type }) => types.includes(type));
    if (!unknown && !unnamed) {
      return { nodes: [...nodes], perhaps: [], outside, open: false };
    }
    // An id that no output shows still comes from where the engine says that it comes from.
    const perhaps = new Set<GraphNode>();
    for (const source of sources.filter(({ type }) => types.includes(type))) {
      nodes.add(source);
    }
    // A remote component's output names the component beside the children that it really comes from.
    const named = new Set([...nodes].flatMap((found) => this.#ancestors(found)));
    for (const source of sources.filter(({ type, urn }) => !types.includes(type) && !named.has(urn))) {
      this.#descendants(source.urn, types, perhaps);
    }
    return {
      nodes: [...nodes],
      perhaps: [...perhaps],
      outside: unnamed ? [] : outside,
      open: nodes.size === 0 && perhaps.size === 0,
    };
  }

  #ancestors(node: GraphNode): string[] {
    const above: string[] = [];
    for (let parent = node.parent; parent !== undefined; parent = this.#graph.get(parent)?.parent) {
      above.push(parent);
    }
    return above;
  }

  #descendants(urn: string, types: readonly string[], into: Set<GraphNode>): void {
    for (const child of this.#children.get(urn) ?? []) {
      if (types.includes(child.type)) {
        into.add(child);
      }
      this.#descendants(child.urn, types, into);
    }
  }

  get graph(): Graph {
    return this.#graph;
  }
}

/** What other resources may call it: its id, its ARN, and the name at the ARN's end, because not every provider repeats the id among the outputs. */
function idsOf(node: GraphNode): string[] {
  const texts = [node.outputs.at("id").text(), node.outputs.at("arn").text()].filter(
    (text) => typeof text === "string" && text !== "",
  );
  return texts.flatMap((text) => [
    text as string,
    ...((text as string).startsWith("arn:") ? [(text as string).split(/[:/]/).at(-1) ?? ""] : []),
  ]);
}
