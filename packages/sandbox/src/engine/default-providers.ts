/** Providers that no program declared: one for each package and version, configured from the stack's config. */
import type { Goal } from "./model.ts";
import { makeReference, packageOf, providerType } from "./urn.ts";
import { makeSecret, type PropertyMap } from "./values.ts";

export interface ProviderRequest {
  packageName: string;
  version: string;
  pluginDownloadUrl: string;
}

export interface DefaultProvidersOptions {
  config: Record<string, string>;
  secretKeys: string[];
  register(goal: Goal): Promise<{ urn: string; id: string }>;
}

/** The name that the CLI gives a default provider: `default_7_48_0`. */
function defaultName({ version, pluginDownloadUrl }: ProviderRequest): string {
  const versionPart = version ? `_${version.replace(/^v/, "").replace(/[.+-]/g, "_")}` : "";
  const urlPart = pluginDownloadUrl ? `_${pluginDownloadUrl.replace(/[^A-Za-z0-9_.-]/g, "_")}` : "";
  return `default${versionPart}${urlPart}`;
}

/** What a provider resource's inputs say of its plugin. Under `__internal` the CLI keeps what is not the plugin's configuration. */
export function pluginInputs(version: string, pluginDownloadUrl: string): PropertyMap {
  if (!version && !pluginDownloadUrl) return {};
  return {
    ...(version ? { version } : {}),
    __internal: pluginDownloadUrl ? { pluginDownloadURL: pluginDownloadUrl } : {},
  };
}

/** A goal with nothing set but its identity. */
export const bareGoal = (type: string, name: string, custom: boolean, properties: PropertyMap): Goal => ({
  type,
  name,
  custom,
  properties,
  parent: "",
  dependencies: [],
  provider: "",
  propertyDependencies: {},
  ignoreChanges: [],
  additionalSecretOutputs: [],
  aliases: [],
  importId: "",
  timeouts: {},
  replaceOnChanges: [],
  replacementTrigger: null,
  deletedWith: "",
  replaceWith: [],
  hideDiffs: [],
  hooks: {},
  sourcePosition: "",
});

export class DefaultProviders {
  #options: DefaultProvidersOptions;
  #references = new Map<string, Promise<string>>();

  constructor(options: DefaultProvidersOptions) {
    this.#options = options;
  }

  /** The reference of the default provider; the first request for one registers it. */
  reference(request: ProviderRequest): Promise<string> {
    const key = JSON.stringify(request);
    const known = this.#references.get(key) ?? this.#register(request);
    this.#references.set(key, known);
    return known;
  }

  async #register(request: ProviderRequest): Promise<string> {
    this.#refuseDisabled(request.packageName);
    const inputs: PropertyMap = {};
    for (const [key, value] of Object.entries(this.#options.config)) {
      if (packageOf(key) !== request.packageName) continue;
      inputs[key.slice(request.packageName.length + 1)] = this.#options.secretKeys.includes(key)
        ? makeSecret(value)
        : value;
    }
    Object.assign(inputs, pluginInputs(request.version, request.pluginDownloadUrl));
    const { urn, id } = await this.#options.register(
      bareGoal(providerType(request.packageName), defaultName(request), true, inputs),
    );
    return makeReference(urn, id);
  }

  #refuseDisabled(packageName: string): void {
    const setting = this.#options.config["pulumi:disable-default-providers"];
    if (!setting || packageName === "pulumi") return;
    const disabled = JSON.parse(setting) as string[];
    if (disabled.some((name) => name === "*" || name === packageName)) {
      throw new Error(
        `Default provider for '${packageName}' disabled by pulumi:disable-default-providers; pass a provider explicitly`,
      );
    }
  }
}
