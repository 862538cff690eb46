/** From a RegisterResource message to a goal, with the options that transforms may have changed. */
import { HookKind, type AliasSpec, type Goal, type HookBindings, type Timeouts } from "./model.ts";
import { aliasPb, resourcePb, type AliasPb, type ResourcePb } from "./protocol.ts";
import type { PropertyMap } from "./values.ts";
import { fromValue } from "./wire.ts";

export type Options = ResourcePb.TransformResourceOptions;

const units: Record<string, number> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** Seconds of a duration such as `1h30m`. */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text) {
    throw new Error(`unable to parse customTimeout Value ${text}; expected a duration such as 30s, 5m or 1h30m`);
  }
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * units[unit!]!, 0);
}

/** The options of a request, in the shape that transforms get. */
export function requestOptions(request: ResourcePb.RegisterResourceRequest, provider: string): Options {
  const options = new resourcePb.TransformResourceOptions()
    .setDependsOnList(request.getDependenciesList())
    .setIgnoreChangesList(request.getIgnorechangesList())
    .setReplaceOnChangesList(request.getReplaceonchangesList())
    .setVersion(request.getVersion())
    .setProvider(provider)
    .setPluginDownloadUrl(request.getPlugindownloadurl())
    .setDeletedWith(request.getDeletedwith())
    .setAdditionalSecretOutputsList(request.getAdditionalsecretoutputsList())
    .setImport(request.getImportid())
    .setHideDiffList(request.getHidediffsList())
    .setReplaceWithList(request.getReplaceWithList())
    .setReplacementTrigger(request.getReplacementTrigger())
    .setCustomTimeouts(request.getCustomtimeouts())
    .setHooks(request.getHooks())
    .setAliasesList([
      ...request.getAliasurnsList().map((urn) => new aliasPb.Alias().setUrn(urn)),
      ...request.getAliasesList().map((alias) => nodeAlias(request, alias)),
    ]);
  if (request.hasProtect()) options.setProtect(request.getProtect()!);
  if (request.hasRetainondelete()) options.setRetainOnDelete(request.getRetainondelete()!);
  if (request.getDeletebeforereplacedefined() || request.getDeletebeforereplace())
    options.setDeleteBeforeReplace(request.getDeletebeforereplace());
  request
    .getProvidersMap()
    .forEach((reference: string, name: string) => options.getProvidersMap().set(name, reference));
  return options;
}

/** Older Node.js SDKs send "no parent" the wrong way round, and say so by not setting `aliasSpecs`. */
function nodeAlias(request: ResourcePb.RegisterResourceRequest, alias: AliasPb.Alias): AliasPb.Alias {
  const spec = alias.getSpec();
  if (request.getAliasspecs() || !spec) return alias;
  const fixed = new aliasPb.Alias.Spec()
    .setName(spec.getName())
    .setType(spec.getType())
    .setStack(spec.getStack())
    .setProject(spec.getProject());
  if (spec.getParenturn()) fixed.setParenturn(spec.getParenturn());
  else if (!spec.getNoparent()) fixed.setNoparent(true);
  return new aliasPb.Alias().setSpec(fixed);
}

function readAlias(alias: AliasPb.Alias): AliasSpec {
  const spec = alias.getSpec();
  if (!spec) return { urn: alias.getUrn() };
  return {
    name: spec.getName(),
    type: spec.getType(),
    stack: spec.getStack(),
    project: spec.getProject(),
    parent: spec.getParenturn(),
    noParent: spec.getNoparent(),
  };
}

export function readTimeouts(options: Options): Timeouts {
  const message = options.getCustomTimeouts();
  if (!message) return {};
  const texts = {
    create: message.getCreate(),
    update: message.getUpdate(),
    delete: message.getDelete(),
    read: message.getRead(),
  };
  const set = Object.entries(texts).filter(([, text]) => text);
  return Object.fromEntries(set.map(([key, text]) => [key, parseDuration(text)]));
}

export function readHooks(hooks: ResourcePb.RegisterResourceRequest.ResourceHooksBinding | undefined): HookBindings {
  if (!hooks) return {};
  const all: Record<HookKind, string[]> = {
    [HookKind.BeforeCreate]: hooks.getBeforeCreateList(),
    [HookKind.AfterCreate]: hooks.getAfterCreateList(),
    [HookKind.BeforeUpdate]: hooks.getBeforeUpdateList(),
    [HookKind.AfterUpdate]: hooks.getAfterUpdateList(),
    [HookKind.BeforeDelete]: hooks.getBeforeDeleteList(),
    [HookKind.AfterDelete]: hooks.getAfterDeleteList(),
    [HookKind.OnError]: hooks.getOnErrorList(),
  };
  return Object.fromEntries(Object.entries(all).filter(([, names]) => names.length > 0));
}

/** Where in the program a resource stands, relative to the project as the CLI stores it. */
function sourcePosition(request: ResourcePb.RegisterResourceRequest, projectRoot: string): string {
  const position = request.getSourceposition();
  const prefix = `file://${projectRoot}/`;
  if (!position?.getUri().startsWith(prefix)) return "";
  const place = position.getColumn() ? `${position.getLine()},${position.getColumn()}` : String(position.getLine());
  return `project:///${position.getUri().slice(prefix.length)}#${place}`;
}

export interface GoalParts {
  request: ResourcePb.RegisterResourceRequest;
  options: Options;
  properties: PropertyMap;
  dependencies: Iterable<string>;
  propertyDependencies: Map<string, Set<string>>;
  provider: string;
  projectRoot: string;
}

export function makeGoal({
  request,
  options,
  properties,
  dependencies,
  propertyDependencies,
  provider,
  projectRoot,
}: GoalParts): Goal {
  const trigger = options.getReplacementTrigger();
  return {
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    properties,
    parent: request.getParent(),
    ...(options.hasProtect() ? { protect: options.getProtect() } : {}),
    dependencies: [...dependencies],
    provider,
    propertyDependencies: Object.fromEntries([...propertyDependencies].map(([key, urns]) => [key, [...urns]])),
    ...(options.hasDeleteBeforeReplace() ? { deleteBeforeReplace: options.getDeleteBeforeReplace() } : {}),
    ignoreChanges: options.getIgnoreChangesList(),
    additionalSecretOutputs: options.getAdditionalSecretOutputsList(),
    aliases: options.getAliasesList().map(readAlias),
    importId: options.getImport(),
    timeouts: readTimeouts(options),
    replaceOnChanges: options.getReplaceOnChangesList(),
    replacementTrigger: trigger ? fromValue(trigger) : null,
    ...(options.hasRetainOnDelete() ? { retainOnDelete: options.getRetainOnDelete() } : {}),
    deletedWith: options.getDeletedWith(),
    replaceWith: options.getReplaceWithList(),
    hideDiffs: options.getHideDiffList(),
    hooks: readHooks(options.getHooks()),
    sourcePosition: sourcePosition(request, projectRoot),
  };
}
