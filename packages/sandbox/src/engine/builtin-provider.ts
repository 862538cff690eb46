/** The package `pulumi` itself: references to other stacks, stashed values, and lookups of resources by URN. */
import { randomUUID } from "node:crypto";
import type { ResourceState } from "./model.ts";
import type { CheckResult, OperationResult, ProviderDiff, ReadResult } from "./provider-client.ts";
import type { FunctionProvider } from "./resource-provider.ts";
import { parseUrn } from "./urn.ts";
import { containsSecrets, valuesEqual, type PropertyMap, type PropertyValue } from "./values.ts";

const stackReference = "pulumi:pulumi:StackReference";
const stash = "pulumi:index:Stash";

export interface BuiltinContext {
  /** Outputs of another stack by the name a program gives. Throws when there is no such stack. */
  stackOutputs(name: string): Promise<PropertyMap>;
  /** A resource of this run. */
  findResource(urn: string): ResourceState | undefined;
}

const failed = (property: string, reason: string): CheckResult => ({ inputs: {}, failures: [{ property, reason }] });

/** Serves the two resource types and the functions that the CLI builds in. */
export class BuiltinProvider implements FunctionProvider {
  #context: BuiltinContext;

  constructor(context: BuiltinContext) {
    this.#context = context;
  }

  close(): void {}

  check(urn: string, _olds: PropertyMap, news: PropertyMap): Promise<CheckResult> {
    const { type } = parseUrn(urn);
    const only = type === stackReference ? "name" : type === stash ? "input" : undefined;
    if (only === undefined) return Promise.reject(new Error(`unrecognized resource type '${type}'`));
    const extra = Object.keys(news).find((key) => key !== only);
    if (extra !== undefined) return Promise.resolve(failed(extra, `unknown property "${extra}"`));
    if (!(only in news)) return Promise.resolve(failed(only, `missing required property "${only}"`));
    if (type === stackReference && typeof news.name !== "string")
      return Promise.resolve(failed("name", `property "name" must be a string`));
    return Promise.resolve({ inputs: news, failures: [] });
  }

  diff(
    urn: string,
    _id: string,
    oldInputs: PropertyMap,
    _oldOutputs: PropertyMap,
    newInputs: PropertyMap,
  ): Promise<ProviderDiff> {
    const key = parseUrn(urn).type === stackReference ? "name" : "input";
    const changed = !valuesEqual(oldInputs[key], newInputs[key]);
    const keys = changed ? [key] : [];
    return Promise.resolve({
      changes: changed ? "some" : "none",
      replaceKeys: key === "name" ? keys : [],
      changedKeys: keys,
      deleteBeforeReplace: false,
    });
  }

  async create(
    urn: string,
    properties: PropertyMap,
    _timeout: number | undefined,
    preview: boolean,
  ): Promise<OperationResult> {
    const outputs =
      parseUrn(urn).type === stackReference
        ? await this.#readReference(properties.name ?? null)
        : { input: properties.input ?? null, output: properties.input ?? null };
    return { id: preview ? "" : randomUUID(), outputs, refreshBeforeUpdate: false, initErrors: [] };
  }

  update(
    _urn: string,
    id: string,
    _oldInputs: PropertyMap,
    oldOutputs: PropertyMap,
    newInputs: PropertyMap,
  ): Promise<OperationResult> {
    const outputs = { input: newInputs.input ?? null, output: oldOutputs.output ?? null };
    return Promise.resolve({ id, outputs, refreshBeforeUpdate: false, initErrors: [] });
  }

  async read(urn: string, id: string, inputs: PropertyMap | undefined, state: PropertyMap): Promise<ReadResult> {
    const kept = { id, inputs, refreshBeforeUpdate: false, initErrors: [], found: true };
    if (parseUrn(urn).type !== stackReference) {
      if (!inputs || Object.keys(inputs).length === 0) throw new Error("stash can not be imported");
      return { ...kept, outputs: state };
    }
    if (!inputs || !("name" in inputs)) throw new Error("stack reference can not be imported");
    return { ...kept, outputs: await this.#readReference(state.name ?? null) };
  }

  delete(): Promise<void> {
    return Promise.resolve();
  }

  async #readReference(name: PropertyValue): Promise<PropertyMap> {
    if (typeof name !== "string") throw new Error("the name of a stack reference must be a string");
    const outputs = await this.#context.stackOutputs(name);
    const secretOutputNames = Object.keys(outputs)
      .filter((key) => containsSecrets(outputs[key]))
      .sort();
    return { name, outputs, secretOutputNames };
  }

  async invoke(token: string, args: PropertyMap): Promise<{ result: PropertyMap; failures: [] }> {
    switch (token) {
      case "pulumi:pulumi:readStackOutputs":
        return { result: await this.#readReference(args.name ?? null), failures: [] };
      case "pulumi:pulumi:getResource": {
        const state = typeof args.urn === "string" ? this.#context.findResource(args.urn) : undefined;
        if (!state) throw new Error(`unknown resource ${JSON.stringify(args.urn)}`);
        return {
          result: { urn: state.urn, id: state.id, provider: state.provider, state: state.outputs },
          failures: [],
        };
      }
      default:
        throw new Error(`unrecognized function name: '${token}'`);
    }
  }
}
