import type { PolicyResource, PolicyResourceOptions } from "@pulumi/policy";
import { Field } from "../model/field.ts";
import { References } from "./references.ts";

/** One resource of the stack, with what it depends on. */
export interface GraphNode {
  /** URN: stack, parents' types, type and name. */
  readonly urn: string;
  /** Type token, such as `aws:ec2/subnet:Subnet`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  /** What the program asked for. Unknown only where a value really comes from something that does not exist yet. */
  readonly inputs: Field;
  /** What the provider says. At preview everything the provider computes is unknown. */
  readonly outputs: Field;
  /** Resource options, such as `protect`. */
  readonly opts: PolicyResourceOptions;
  /** URN of the parent; `undefined` for the stack's own resources. */
  readonly parent: string | undefined;
  /** The resources that a top-level property's value comes from: known at preview although the value is not. */
  sources(property: string): readonly GraphNode[];
}

/** A stack's resources, found by URN and by type without searching. */
export class Graph {
  /** All resources, in the order of their registration. */
  readonly nodes: readonly GraphNode[];
  readonly #byUrn = new Map<string, GraphNode>();
  readonly #byType = new Map<string, GraphNode[]>();
  #references: References | undefined;

  /**
   * @param resources as `validateStack` gets them
   * @param inputs the inputs of each resource by URN, as seen when it was registered. A provider reports optional
   * properties that nobody set as unknown at preview; the inputs tell those from properties with an unknown value.
   */
  constructor(resources: readonly PolicyResource[], inputs: ReadonlyMap<string, Record<string, unknown>>) {
    this.nodes = resources.map((resource) => this.#node(resource, inputs.get(resource.urn)));
    for (const node of this.nodes) {
      this.#byUrn.set(node.urn, node);
      const sameType = this.#byType.get(node.type);
      if (sameType === undefined) {
        this.#byType.set(node.type, [node]);
      } else {
        sameType.push(node);
      }
    }
  }

  #node(resource: PolicyResource, inputs: Record<string, unknown> | undefined): GraphNode {
    const outputs = new Field(resource.props);
    return {
      urn: resource.urn,
      type: resource.type,
      name: resource.name,
      inputs: inputs === undefined ? outputs : new Field(inputs),
      outputs,
      opts: resource.opts,
      parent: resource.parent?.urn,
      sources: (property) =>
        (resource.propertyDependencies[property] ?? [])
          .map((source) => this.#byUrn.get(source.urn))
          .filter((source) => source !== undefined),
    };
  }

  /** How resources name each other; read on first use. */
  get references(): References {
    return (this.#references ??= new References(this));
  }

  /** The resource with this URN. */
  get(urn: string): GraphNode | undefined {
    return this.#byUrn.get(urn);
  }

  /** The resources of any of these types, in the order of the stack within a type. */
  ofType(...types: readonly string[]): GraphNode[] {
    return types.flatMap((type) => this.#byType.get(type) ?? []);
  }
}
