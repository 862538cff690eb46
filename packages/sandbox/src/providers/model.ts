import type { PropertyMap } from "../engine/values.ts";
import type { Refusal } from "../schema/validate.ts";

/** What happens to one property in an update: the names of `pulumirpc.PropertyDiff.Kind`. */
export type DiffKind = "ADD" | "ADD_REPLACE" | "DELETE" | "DELETE_REPLACE" | "UPDATE" | "UPDATE_REPLACE";

/** The answer to a Diff. */
export interface Difference {
  /** Property paths and what happens to them; empty when nothing changes. */
  readonly detailed: ReadonlyMap<string, DiffKind>;
  /** Whether the old resource has to go first, because both would bear the same name. */
  readonly deleteBeforeReplace: boolean;
}

/** A resource as a call speaks of it. */
export interface Subject {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** The configuration of the provider instance that was asked. */
  readonly config: PropertyMap;
}

/** What exists after a create or read. */
export interface Existing {
  readonly id: string;
  readonly inputs: PropertyMap;
  readonly outputs: PropertyMap;
}

/** What a provider does, in plain values; `service.ts` puts it behind gRPC. */
export interface ResourceModel {
  readonly name: string;
  readonly version: string;
  /** Checks the provider's own configuration. */
  checkConfig(config: PropertyMap): Refusal[];
  /** The configuration keys whose change means other resources, such as the region. */
  readonly replacingConfig: readonly string[];
  check(
    subject: Subject,
    inputs: PropertyMap,
    old: PropertyMap | undefined,
  ): { inputs: PropertyMap; refusals: Refusal[] };
  diff(subject: Subject, id: string, oldInputs: PropertyMap, oldOutputs: PropertyMap, inputs: PropertyMap): Difference;
  create(subject: Subject, inputs: PropertyMap, preview: boolean): Promise<{ id: string; outputs: PropertyMap }>;
  read(subject: Subject, id: string, known: PropertyMap): Existing | undefined;
  update(
    subject: Subject,
    id: string,
    oldOutputs: PropertyMap,
    inputs: PropertyMap,
    preview: boolean,
  ): Promise<PropertyMap>;
  delete(subject: Subject, id: string): Promise<void>;
  invoke(token: string, args: PropertyMap, config: PropertyMap): { result?: PropertyMap; refusals?: Refusal[] };
  close(): void;
}
