/** Callbacks into the program: transforms and resource hooks, both served by the program's own callback server. */
import { HookKind, type HookBindings, type ResourceState, type Step } from "./model.ts";
import { callbackGrpc, callbackPb, channelOptions, grpc, resourcePb, unary, type CallbackPb } from "./protocol.ts";
import { parseUrn } from "./urn.ts";
import type { PropertyMap } from "./values.ts";
import { marshalStruct } from "./wire.ts";

/** Calls registered functions by their token; one connection a program. */
export class Callbacks {
  #clients = new Map<string, InstanceType<typeof callbackGrpc.CallbacksClient>>();

  async invoke(callback: CallbackPb.Callback, request: Uint8Array): Promise<Uint8Array> {
    const target = callback.getTarget();
    if (target === "") throw new Error("a callback names no target");
    let client = this.#clients.get(target);
    if (!client) {
      client = new callbackGrpc.CallbacksClient(target, grpc.credentials.createInsecure(), channelOptions);
      this.#clients.set(target, client);
    }
    const message = new callbackPb.CallbackInvokeRequest().setToken(callback.getToken()).setRequest(request);
    const response = await unary<CallbackPb.CallbackInvokeResponse>((done) => client.invoke(message, done));
    return response.getResponse_asU8();
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
  }
}

interface RegisteredHook {
  callback: CallbackPb.Callback;
  onPreview: boolean;
}

/** How often a step is tried again because an error hook asks for it. */
const maxRetries = 100;

/** The hooks that a program registered, by name. */
export class ResourceHooks {
  #hooks = new Map<string, RegisteredHook>();
  #callbacks: Callbacks;
  #preview: boolean;

  constructor(callbacks: Callbacks, preview: boolean) {
    this.#callbacks = callbacks;
    this.#preview = preview;
  }

  register(name: string, callback: CallbackPb.Callback, onPreview: boolean): void {
    if (this.#hooks.has(name)) throw new Error(`resource hook already registered for name "${name}"`);
    this.#hooks.set(name, { callback, onPreview });
  }

  #find(name: string): RegisteredHook {
    const hook = this.#hooks.get(name);
    if (!hook) throw new Error(`resource hook "${name}" was not registered`);
    return hook;
  }

  /** Runs the hooks of a kind in their order. Throws with the name of the one that failed. */
  async run(kind: HookKind, bindings: HookBindings, step: Step): Promise<void> {
    for (const name of bindings[kind] ?? []) {
      const hook = this.#find(name);
      if (this.#preview && !hook.onPreview) continue;
      const after = kind.startsWith("After");
      const request = this.#request(step.state, step.old, after && !kind.endsWith("Delete"));
      const response = resourcePb.ResourceHookResponse.deserializeBinary(
        await this.#callbacks.invoke(hook.callback, request.serializeBinary()),
      );
      if (response.getError()) throw new Error(`resource hook "${name}" failed: ${response.getError()}`);
    }
  }

  #request(state: ResourceState | undefined, old: ResourceState | undefined, withOutputs: boolean) {
    const subject = (state ?? old)!;
    const { name, type } = parseUrn(subject.urn);
    const struct = (map: PropertyMap) => marshalStruct(map, { unknowns: true, secrets: true, resources: true });
    const request = new resourcePb.ResourceHookRequest()
      .setUrn(subject.urn)
      .setId(subject.id)
      .setName(name)
      .setType(type);
    if (state) request.setNewInputs(struct(state.inputs));
    if (state && withOutputs) request.setNewOutputs(struct(state.outputs));
    if (old) request.setOldInputs(struct(old.inputs)).setOldOutputs(struct(old.outputs));
    return request;
  }

  /** Runs an operation, again and again while the resource's error hooks ask for it. */
  async retrying<T>(
    operation: () => Promise<T>,
    bindings: HookBindings,
    step: Step,
    failedOperation: string,
  ): Promise<T> {
    const names = bindings[HookKind.OnError] ?? [];
    const failures: string[] = [];
    for (;;) {
      try {
        return await operation();
      } catch (error) {
        failures.unshift(error instanceof Error ? error.message : String(error));
        if (
          names.length === 0 ||
          failures.length > maxRetries ||
          !(await this.#asksForRetry(names, step, failedOperation, failures))
        )
          throw error;
      }
    }
  }

  async #asksForRetry(names: string[], step: Step, failedOperation: string, failures: string[]): Promise<boolean> {
    const subject = (step.state ?? step.old)!;
    const { name: resourceName, type } = parseUrn(subject.urn);
    let retry = false;
    for (const name of names) {
      const request = new resourcePb.ErrorHookRequest()
        .setUrn(subject.urn)
        .setId(subject.id)
        .setName(resourceName)
        .setType(type)
        .setFailedOperation(failedOperation)
        .setErrorsList(failures);
      const response = resourcePb.ErrorHookResponse.deserializeBinary(
        await this.#callbacks.invoke(this.#find(name).callback, request.serializeBinary()),
      );
      if (response.getError()) throw new Error(`error hook "${name}" failed: ${response.getError()}`);
      retry ||= response.getRetry();
    }
    return retry;
  }
}
