/** A policy pack in a process of its own, spoken to over the real Analyzer protocol. */
import { basename } from "node:path";
import { UserError } from "./model.ts";
import {
  analyzerOptions,
  analyzerProvider,
  EnforcementLevel,
  levels,
  policySettings,
  visible,
  type AnalyzedResource,
  type PolicyFinding,
  type PolicyRemediation,
} from "./policy-messages.ts";
import {
  packDeadlineSeconds,
  startPackProcess,
  type PackProcess,
  type PackProcessOptions,
} from "./policy-pack-process.ts";
import {
  analyzerGrpc,
  analyzerPb,
  channelOptions,
  Empty,
  grpc,
  unary,
  type AnalyzerPb,
  type GrpcModule,
} from "./protocol.ts";
import { describeError, isServiceError, isUnimplemented, withoutStack } from "./rpc-error.ts";
import { withoutSecrets } from "./secret-filter.ts";
import { parseUrn } from "./urn.ts";
import type { PropertyMap } from "./values.ts";
import { fromStruct, marshalStruct, toStruct } from "./wire.ts";

export interface PolicyPackOptions extends PackProcessOptions {
  /** Contents of a policy configuration file: rule name to level or `{enforcementLevel, ...properties}`. */
  config: Record<string, unknown>;
  stackSecretKeys: string[];
  /** How long the pack may take to judge a resource or the stack; seconds. */
  deadlineSeconds?: number;
}

/** A deadline for every call of a channel. */
const deadlineOfCalls = (seconds: number): string =>
  JSON.stringify({ methodConfig: [{ name: [{}], timeout: `${seconds}s` }] });

export class PolicyPack {
  name: string;
  /** Names of its rules. */
  readonly rules = new Set<string>();
  #client: InstanceType<typeof analyzerGrpc.AnalyzerClient>;
  #process: PackProcess;
  /** Whether any rule of the pack repairs resources. */
  #remediates = false;

  private constructor({ directory, deadlineSeconds = packDeadlineSeconds }: PolicyPackOptions, process: PackProcess) {
    this.name = basename(directory);
    this.#process = process;
    this.#client = new analyzerGrpc.AnalyzerClient(`127.0.0.1:${process.port}`, grpc.credentials.createInsecure(), {
      ...channelOptions,
      "grpc.service_config": deadlineOfCalls(deadlineSeconds),
    });
  }

  /** Starts the pack's process and hands it the stack and the rules' settings. */
  static async start(options: PolicyPackOptions): Promise<PolicyPack> {
    const settings = policySettings(options.config);
    const process = await startPackProcess(options);
    const pack = new PolicyPack(options, process);
    try {
      await pack.#configure(options, settings);
      process.showOutput();
    } catch (error) {
      await pack.stop();
      throw error;
    }
    return pack;
  }

  async #call<Response>(
    what: string,
    invoke: (done: (error: GrpcModule.ServiceError | null, response: Response) => void) => unknown,
  ): Promise<Response> {
    try {
      return await Promise.race([unary<Response>(invoke), this.#process.ended]);
    } catch (error) {
      if (error instanceof UserError || isUnimplemented(error)) throw error;
      if (isServiceError(error) && error.code === grpc.status.DEADLINE_EXCEEDED)
        throw new UserError(
          `policy pack ${this.name} did not answer in time (${what}); is a rule in an endless loop?`,
          {
            cause: error,
          },
        );
      throw new UserError(`policy pack ${this.name} failed (${what}): ${withoutStack(describeError(error))}`, {
        cause: error,
      });
    }
  }

  async #configure(options: PolicyPackOptions, settings: ReturnType<typeof policySettings>): Promise<void> {
    const optional = async (call: Promise<unknown>): Promise<void> => {
      await call.catch((error: unknown) => {
        if (!isUnimplemented(error)) throw error;
      });
    };
    const handshake = new analyzerPb.AnalyzerHandshakeRequest()
      .setEngineAddress(options.engineAddress)
      .setRootDirectory(options.directory)
      .setProgramDirectory(options.directory);
    await optional(this.#call("handshake", (done) => this.#client.handshake(handshake, done)));
    const stack = new analyzerPb.AnalyzerStackConfigureRequest()
      .setStack(options.stack)
      .setProject(options.project)
      .setOrganization("organization")
      .setDryRun(options.preview)
      .setConfigSecretKeysList(options.stackSecretKeys);
    for (const [key, value] of Object.entries(options.stackConfig)) stack.getConfigMap().set(key, value);
    await optional(this.#call("configuration", (done) => this.#client.configureStack(stack, done)));

    const info = await this.#call<AnalyzerPb.AnalyzerInfo>("description", (done) =>
      this.#client.getAnalyzerInfo(new Empty(), done),
    );
    this.name = info.getName() || this.name;
    const request = new analyzerPb.ConfigureAnalyzerRequest();
    for (const policy of info.getPoliciesList()) {
      this.rules.add(policy.getName());
      const initial = info.getInitialconfigMap().get(policy.getName()) as AnalyzerPb.PolicyConfig | undefined;
      const setting = settings.get(policy.getName()) ?? settings.get("all");
      const level =
        setting?.level !== undefined
          ? levels.indexOf(setting.level)
          : (initial?.getEnforcementlevel() ?? policy.getEnforcementlevel());
      this.#remediates ||= levels[level] === EnforcementLevel.Remediate;
      const properties = { ...fromStruct(initial?.getProperties()), ...setting?.properties };
      const config = new analyzerPb.PolicyConfig()
        .setEnforcementlevel(level as never)
        .setProperties(toStruct(properties));
      request.getPolicyconfigMap().set(policy.getName(), config);
    }
    if (settings.size > 0 || info.getInitialconfigMap().getLength() > 0) {
      await optional(this.#call("configuration", (done) => this.#client.configure(request, done)));
    }
  }

  #request({ state, goal, provider }: AnalyzedResource, inputs: PropertyMap): AnalyzerPb.AnalyzeRequest {
    const request = new analyzerPb.AnalyzeRequest()
      .setUrn(state.urn)
      .setType(state.type)
      .setName(parseUrn(state.urn).name)
      .setProperties(marshalStruct(inputs, { unknowns: true, secrets: true }))
      .setOptions(analyzerOptions(state, goal));
    if (provider) request.setProvider(analyzerProvider(provider));
    return request;
  }

  /** What the pack found in resources of these properties. */
  #findings(response: AnalyzerPb.AnalyzeResponse, urn: string, judged: PropertyMap[]): PolicyFinding[] {
    return response.getDiagnosticsList().map((diagnostic) => {
      const level = levels[diagnostic.getEnforcementlevel()] ?? EnforcementLevel.Advisory;
      return {
        pack: diagnostic.getPolicypackname(),
        policy: diagnostic.getPolicyname(),
        // A violation that is left after the remediations counts as mandatory.
        level: level === EnforcementLevel.Remediate ? EnforcementLevel.Mandatory : level,
        urn: diagnostic.getUrn() || urn,
        // A rule sees secrets in clear, and may quote them.
        message: withoutSecrets(diagnostic.getMessage(), ...judged),
        description: diagnostic.getDescription(),
      };
    });
  }

  /** What the pack would change about a resource's inputs. */
  async remediate(resource: AnalyzedResource, inputs: PropertyMap): Promise<PolicyRemediation[]> {
    if (!this.#remediates) return [];
    try {
      const response = await this.#call<AnalyzerPb.RemediateResponse>(resource.state.urn, (done) =>
        this.#client.remediate(this.#request(resource, inputs), done),
      );
      return response.getRemediationsList().map((found) => ({
        pack: found.getPolicypackname(),
        policy: found.getPolicyname(),
        urn: resource.state.urn,
        description: found.getDescription(),
        properties: fromStruct(found.getProperties()),
        diagnostic: found.getDiagnostic(),
      }));
    } catch (error) {
      if (isUnimplemented(error)) return [];
      throw error;
    }
  }

  async analyze(resource: AnalyzedResource, inputs: PropertyMap): Promise<PolicyFinding[]> {
    const request = this.#request(resource, visible(inputs));
    return this.#findings(
      await this.#call(resource.state.urn, (done) => this.#client.analyze(request, done)),
      resource.state.urn,
      [inputs],
    );
  }

  /** Judges the whole stack by its outputs. */
  async analyzeStack(resources: AnalyzedResource[], stackUrn: string): Promise<PolicyFinding[]> {
    const request = new analyzerPb.AnalyzeStackRequest().setResourcesList(
      resources.map(({ state, goal, provider }) => {
        const message = new analyzerPb.AnalyzerResource()
          .setUrn(state.urn)
          .setType(state.type)
          .setName(parseUrn(state.urn).name)
          .setProperties(marshalStruct(visible(state.outputs), { unknowns: true, secrets: true }))
          .setOptions(analyzerOptions(state, goal))
          .setParent(state.parent)
          .setDependenciesList(state.dependencies);
        if (provider) message.setProvider(analyzerProvider(provider));
        for (const [key, urns] of Object.entries(state.propertyDependencies)) {
          if (urns.length > 0)
            message
              .getPropertydependenciesMap()
              .set(key, new analyzerPb.AnalyzerPropertyDependencies().setUrnsList(urns));
        }
        return message;
      }),
    );
    try {
      return this.#findings(
        await this.#call("the whole stack", (done) => this.#client.analyzeStack(request, done)),
        stackUrn,
        resources.map(({ state }) => state.outputs),
      );
    } catch (error) {
      if (isUnimplemented(error)) return [];
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.#client.close();
    await this.#process.child.stop();
  }
}

/** Says which rule of a configuration no pack has; it is one configuration for all of them. */
export function unknownRule(packs: PolicyPack[], config: Record<string, unknown>): string | undefined {
  if (packs.length === 0) return undefined;
  const unknown = Object.keys(config).find((rule) => rule !== "all" && !packs.some((pack) => pack.rules.has(rule)));
  if (unknown === undefined) return undefined;
  const names = packs.map(({ name }) => name).join(", ");
  return `policy config: ${names} ${packs.length === 1 ? "has" : "have"} no rule "${unknown}"`;
}
