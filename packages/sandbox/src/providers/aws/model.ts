import { join } from "node:path";
import { Cloud } from "../../cloud/cloud.ts";
import { faultInjector, faultsFromEnvironment } from "../../cloud/faults.ts";
import { containsUnknowns, isObject, unknownValue, unwrapSecret, type PropertyMap } from "../../engine/values.ts";
import { readResourceSchema, type ResourceSchema } from "../../schema/resource-schema.ts";
import { openSdk } from "../../schema/sdk-package.ts";
import { awsPath } from "../../schema/tokens.ts";
import { validateInputs, type Refusal } from "../../schema/validate.ts";
import { autoName, isAutoName, type AutoName } from "../auto-name.ts";
import { compareInputs, isBelow } from "../difference.ts";
import type { ResourceModel, Subject } from "../model.ts";
import { hexFor, text, type Behaviour, type Scene } from "./behaviour.ts";
import { computedOutput } from "./computed.ts";
import { invokeAws } from "./functions/index.ts";
import { partitionOf } from "./regions.ts";
import { behaviours } from "./services/index.ts";

const none: Behaviour = {};

/** The model of every AWS resource: what the SDK declares, with the few type's own behaviours of `services/`. */
export function awsModel(cloudDir: string): ResourceModel {
  const sdk = openSdk("aws");
  const cloud = new Cloud(join(cloudDir, "aws.jsonl"));
  const inject = faultInjector(faultsFromEnvironment());
  const schemas = new Map<string, ResourceSchema | undefined>();

  function schemaOf(type: string): ResourceSchema | undefined {
    if (!schemas.has(type)) schemas.set(type, readResourceSchema(sdk, type, awsPath(type)));
    return schemas.get(type);
  }

  function known(type: string): ResourceSchema {
    const schema = schemaOf(type);
    if (!schema) throw new Error(`Resource type "${type}" does not exist in @pulumi/aws ${sdk.version}.`);
    return schema;
  }

  const behaviourOf = (type: string): Behaviour => behaviours.get(type) ?? none;

  function sceneOf(subject: Subject, inputs: PropertyMap, generation: number): Scene {
    const region = text(inputs.region) ?? text(subject.config.region) ?? "us-east-1";
    return {
      urn: subject.urn,
      type: subject.type,
      region,
      partition: partitionOf(region),
      inputs,
      cloud,
      hex: hexFor(subject.urn, generation),
    };
  }

  function nameRule(schema: ResourceSchema): AutoName | undefined {
    const own = behaviourOf(schema.token).autoName;
    if (own !== undefined) return own || undefined;
    const property = schema.inputs.get("name");
    return property?.required === false && property.shape.kind === "string"
      ? { property: "name", maxLength: 255 }
      : undefined;
  }

  function fillName(subject: Subject, schema: ResourceSchema, inputs: PropertyMap, old: PropertyMap | undefined): void {
    const rule = nameRule(schema);
    if (!rule || inputs[rule.property] !== undefined || inputs[`${rule.property}Prefix`] !== undefined) return;
    if (old && isAutoName(rule, subject.urn, subject.name, old[rule.property])) {
      inputs[rule.property] = old[rule.property]!;
      return;
    }
    const taken = new Set(cloud.acknowledgedOf(subject.urn).map((object) => object.inputs[rule.property]));
    let generation = 0;
    while (taken.has(autoName(rule, subject.urn, subject.name, generation))) generation++;
    inputs[rule.property] = autoName(rule, subject.urn, subject.name, generation);
  }

  function fillTags(subject: Subject, schema: ResourceSchema, inputs: PropertyMap): void {
    if (!schema.outputs.has("tagsAll")) return;
    const defaults = unwrapSecret(subject.config.defaultTags);
    const defaultTags = isObject(defaults) && isObject(defaults.tags) ? defaults.tags : {};
    const tags = inputs.tags ?? {};
    inputs.tagsAll = isObject(tags) ? { ...defaultTags, ...tags } : tags;
  }

  function outputsOf(schema: ResourceSchema, scene: Scene, id: string, old: PropertyMap): PropertyMap {
    const behaviour = behaviourOf(schema.token);
    const outputs: PropertyMap = { ...behaviour.defaults, ...scene.inputs };
    const special = behaviour.outputs?.(scene, id) ?? {};
    for (const property of schema.outputs.values()) {
      const { name } = property;
      if (outputs[name] !== undefined) continue;
      const isInput = schema.inputs.has(name);
      const value =
        special[name] ??
        (isInput ? undefined : old[name]) ??
        (property.required || !isInput ? computedOutput(property, scene, id, behaviour) : undefined);
      if (value !== undefined) outputs[name] = value;
    }
    return { ...outputs, ...special };
  }

  function previewOutputs(schema: ResourceSchema, inputs: PropertyMap): PropertyMap {
    const outputs: PropertyMap = { ...behaviourOf(schema.token).defaults, ...inputs };
    for (const { name, required } of schema.outputs.values()) {
      if (outputs[name] === undefined && (required || !schema.inputs.has(name))) outputs[name] = unknownValue;
    }
    return outputs;
  }

  function clash(subject: Subject, scene: Scene): Refusal[] {
    const property = behaviourOf(subject.type).unique;
    const value = property && text(scene.inputs[property]);
    if (!property || value === undefined) return [];
    const other = cloud
      .ofType(subject.type, scene.region)
      .find((object) => object.inputs[property] === value && object.urn !== subject.urn);
    return other
      ? [{ property, reason: `"${value}" already exists in ${scene.region} (${other.urn}); give another name` }]
      : [];
  }

  return {
    name: "aws",
    version: sdk.version,
    replacingConfig: ["region", "profile", "allowedAccountIds"],
    checkConfig: (config) => {
      const region = text(config.region);
      return region !== undefined && !/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)
        ? [{ property: "region", reason: `"${region}" is not an AWS region; a region looks like us-east-1` }]
        : [];
    },
    check: (subject, given, old) => {
      const schema = schemaOf(subject.type);
      if (!schema) {
        return {
          inputs: given,
          refusals: [
            { property: "", reason: `"${subject.type}" is not a resource type of @pulumi/aws ${sdk.version}` },
          ],
        };
      }
      const inputs = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
      delete inputs.tagsAll;
      const refusals = validateInputs(sdk, schema.inputs, inputs);
      if (inputs.region === undefined && schema.inputs.has("region") && text(subject.config.region) !== undefined) {
        inputs.region = subject.config.region!;
      }
      fillName(subject, schema, inputs, old);
      fillTags(subject, schema, inputs);
      const scene = sceneOf(subject, inputs, 0);
      refusals.push(...(behaviourOf(subject.type).check?.(scene) ?? []));
      return { inputs, refusals };
    },
    diff: (subject, id, oldInputs, _oldOutputs, inputs) => {
      cloud.acknowledge(subject.type, id, subject);
      const schema = known(subject.type);
      const behaviour = behaviourOf(subject.type);
      const roots = new Set([...schema.replaceOn, ...(behaviour.replaceOn ?? []), "region", "namePrefix"]);
      const rule = nameRule(schema);
      if (rule) roots.add(rule.property);
      for (const name of behaviour.inPlace ?? []) roots.delete(name);
      for (const name of behaviour.replaceWhen?.(oldInputs, inputs) ?? []) roots.add(name);
      const detailed = compareInputs(oldInputs, inputs, (path) => isBelow(path, roots));
      const name = rule && inputs[rule.property];
      const fixedName =
        rule !== undefined &&
        name !== undefined &&
        name === oldInputs[rule.property] &&
        !isAutoName(rule, subject.urn, subject.name, name);
      return { detailed, deleteBeforeReplace: fixedName };
    },
    create: async (subject, inputs, preview) => {
      const schema = known(subject.type);
      if (preview) return { id: "", outputs: previewOutputs(schema, inputs) };
      const again = cloud.createdBefore(subject.urn, inputs);
      if (again) return { id: again.id, outputs: cloud.revealed(again, inputs).outputs };
      await inject(subject.urn, "Create");
      const scene = sceneOf(subject, inputs, cloud.generation(subject.urn));
      const [refusal] = clash(subject, scene);
      if (refusal) throw new Error(`creating ${subject.type}: ${refusal.property} ${refusal.reason}`);
      const behaviour = behaviourOf(subject.type);
      const id = behaviour.id?.(scene) ?? `${behaviour.idPrefix ?? ""}${genericId(scene, schema, behaviour)}`;
      const outputs = outputsOf(schema, scene, id, {});
      cloud.put({ id, urn: subject.urn, type: subject.type, place: scene.region, inputs, outputs });
      return { id, outputs };
    },
    read: (subject, id, state) => {
      const { region } = sceneOf(subject, state, 0);
      const object = cloud.get(subject.type, id, { urn: subject.urn, place: region });
      if (!object) return undefined;
      // What has the same name in another region is another thing; IAM's and the like are of no region.
      const regional = schemaOf(subject.type)?.inputs.has("region") === true;
      if (regional && object.urn !== subject.urn && object.place !== region) return undefined;
      cloud.acknowledge(subject.type, id, object);
      const { inputs, outputs } = cloud.revealed(object, state);
      return { id, inputs, outputs };
    },
    update: async (subject, id, oldOutputs, inputs, preview) => {
      const schema = known(subject.type);
      if (preview && containsUnknowns(inputs)) return { ...previewKept(schema, oldOutputs), ...inputs };
      if (!preview) await inject(subject.urn, "Update");
      const object = cloud.get(subject.type, id, subject);
      if (!object && !preview) throw new Error(`updating ${subject.type} (${id}): it does not exist; run a refresh`);
      const generation = Math.max(0, cloud.generation(subject.urn) - 1);
      const outputs = outputsOf(schema, sceneOf(subject, inputs, generation), id, oldOutputs);
      if (!preview) cloud.put({ ...object!, inputs, outputs });
      return outputs;
    },
    delete: async (subject, id) => {
      await inject(subject.urn, "Delete");
      cloud.remove(subject.type, id, subject);
    },
    invoke: (token, args, config) => invokeAws({ sdk, cloud, config }, token, args),
    close: () => cloud.close(),
  };
}

function genericId(scene: Scene, schema: ResourceSchema, behaviour: Behaviour): string {
  if (behaviour.idPrefix !== undefined) return scene.hex(17);
  return text(scene.inputs[schema.inputs.has("name") ? "name" : "id"]) ?? scene.hex(20);
}

/** Outputs that are not inputs keep their values over an update. */
function previewKept(schema: ResourceSchema, outputs: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(outputs).filter(([name]) => !schema.inputs.has(name)));
}
