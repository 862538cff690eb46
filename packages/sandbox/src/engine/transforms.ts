/** Transforms: functions of the program that change a resource or an invoke before it reaches the engine. */
import type { Callbacks } from "./hooks.ts";
import { resourcePb, type CallbackPb, type ResourcePb } from "./protocol.ts";
import type { Options } from "./registration.ts";
import type { PropertyMap } from "./values.ts";
import { fromStruct, toStruct } from "./wire.ts";

export interface Transformed {
  properties: PropertyMap;
  options: Options;
}

export interface TransformSubject {
  name: string;
  type: string;
  custom: boolean;
  parent: string;
}

/** Keeps what was registered where, and applies it in the CLI's order: the resource's own, its parents', the stack's. */
export class Transforms {
  readonly #callbacks: Callbacks;
  readonly #stack: CallbackPb.Callback[] = [];
  readonly #invokes: CallbackPb.Callback[] = [];
  readonly #byResource = new Map<string, CallbackPb.Callback[]>();
  /** Own transforms of remote components, until their plugin registers the component itself. */
  readonly #pending = new Map<string, CallbackPb.Callback[]>();

  constructor(callbacks: Callbacks) {
    this.#callbacks = callbacks;
  }

  addStackTransform(callback: CallbackPb.Callback): void {
    this.#stack.push(callback);
  }

  addInvokeTransform(callback: CallbackPb.Callback): void {
    this.#invokes.push(callback);
  }

  /** The transforms that a registration itself brings. */
  own(subject: TransformSubject, declared: CallbackPb.Callback[], remote: boolean): CallbackPb.Callback[] {
    const key = `${subject.parent}::${subject.type}::${subject.name}`;
    const pending = this.#pending.get(key);
    if (pending) {
      this.#pending.delete(key);
      return pending;
    }
    if (remote && declared.length > 0) this.#pending.set(key, declared);
    return declared;
  }

  remember(urn: string, own: CallbackPb.Callback[]): void {
    if (own.length > 0) this.#byResource.set(urn, own);
  }

  async apply(
    subject: TransformSubject,
    own: CallbackPb.Callback[],
    ancestors: string[],
    properties: PropertyMap,
    options: Options,
  ): Promise<Transformed> {
    let current: Transformed = { properties, options };
    for (const callback of [...own, ...ancestors.flatMap((urn) => this.#byResource.get(urn) ?? []), ...this.#stack]) {
      const request = new resourcePb.TransformRequest()
        .setName(subject.name)
        .setType(subject.type)
        .setCustom(subject.custom)
        .setParent(subject.parent)
        .setProperties(toStruct(current.properties))
        .setOptions(current.options);
      const response = resourcePb.TransformResponse.deserializeBinary(
        await this.#callbacks.invoke(callback, request.serializeBinary()),
      );
      const changed = response.getProperties();
      current = {
        properties: changed ? fromStruct(changed) : current.properties,
        options: response.getOptions() ?? current.options,
      };
    }
    return current;
  }

  async applyToInvoke(
    token: string,
    args: PropertyMap,
    options: ResourcePb.TransformInvokeOptions,
  ): Promise<{ args: PropertyMap; options: ResourcePb.TransformInvokeOptions }> {
    let current = { args, options };
    for (const callback of this.#invokes) {
      const request = new resourcePb.TransformInvokeRequest()
        .setToken(token)
        .setArgs(toStruct(current.args))
        .setOptions(current.options);
      const response = resourcePb.TransformInvokeResponse.deserializeBinary(
        await this.#callbacks.invoke(callback, request.serializeBinary()),
      );
      const changed = response.getArgs();
      current = {
        args: changed ? fromStruct(changed) : current.args,
        options: response.getOptions() ?? current.options,
      };
    }
    return current;
  }
}
