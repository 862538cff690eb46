/** What the step generator and the executor need of whoever manages a custom resource. */
import type { CheckResult, OperationResult, ProviderDiff, ReadResult } from "./provider-client.ts";
import type { PropertyMap } from "./values.ts";

/** A plugin instance, the registry of provider resources, or the engine's own package `pulumi`. */
export interface ResourceProvider {
  check(urn: string, olds: PropertyMap, news: PropertyMap, seed: Uint8Array, preview: boolean): Promise<CheckResult>;
  diff(
    urn: string,
    id: string,
    oldInputs: PropertyMap,
    oldOutputs: PropertyMap,
    newInputs: PropertyMap,
    preview: boolean,
    ignored: string[],
  ): Promise<ProviderDiff>;
  create(urn: string, properties: PropertyMap, timeout: number | undefined, preview: boolean): Promise<OperationResult>;
  update(
    urn: string,
    id: string,
    oldInputs: PropertyMap,
    oldOutputs: PropertyMap,
    newInputs: PropertyMap,
    timeout: number | undefined,
    ignored: string[],
    preview: boolean,
  ): Promise<OperationResult>;
  read(
    urn: string,
    id: string,
    inputs: PropertyMap | undefined,
    state: PropertyMap,
    timeout: number | undefined,
  ): Promise<ReadResult>;
  delete(
    urn: string,
    id: string,
    inputs: PropertyMap,
    outputs: PropertyMap,
    timeout: number | undefined,
  ): Promise<void>;
}

/** A provider that can also run functions. */
export interface FunctionProvider extends ResourceProvider {
  invoke(
    token: string,
    args: PropertyMap,
    preview: boolean,
  ): Promise<{ result: PropertyMap; failures: { property: string; reason: string }[] }>;
  close(): void;
}
