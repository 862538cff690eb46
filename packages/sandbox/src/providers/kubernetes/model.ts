import { join } from "node:path";
import { Cloud, digest } from "../../cloud/cloud.ts";
import { faultInjector, faultsFromEnvironment } from "../../cloud/faults.ts";
import {
  containsUnknowns,
  isObject,
  isUnknown,
  unknownValue,
  unwrapSecret,
  type PropertyMap,
} from "../../engine/values.ts";
import { readResourceSchema, type ResourceSchema } from "../../schema/resource-schema.ts";
import { openSdk } from "../../schema/sdk-package.ts";
import { kubernetesPath } from "../../schema/tokens.ts";
import { validateInputs, type Refusal } from "../../schema/validate.ts";
import { autoName, isAutoName, type AutoName } from "../auto-name.ts";
import { compareInputs, isBelow } from "../difference.ts";
import type { ResourceModel, Subject } from "../model.ts";
import { replacingPaths, statusOf } from "./kinds.ts";

const nameRule: AutoName = { property: "name", maxLength: 253 };
/** Kinds that live outside any namespace. */
const clusterKinds = new Set([
  "Namespace",
  "Node",
  "PersistentVolume",
  "StorageClass",
  "PriorityClass",
  "RuntimeClass",
  "ClusterRole",
  "ClusterRoleBinding",
  "CustomResourceDefinition",
  "ValidatingWebhookConfiguration",
  "MutatingWebhookConfiguration",
  "IngressClass",
  "CSIDriver",
  "APIService",
  "NodePool",
  "EC2NodeClass",
]);

/** The model of every Kubernetes object: built-in kinds as the SDK declares them, custom ones as they come. */
export function kubernetesModel(cloudDir: string): ResourceModel {
  const sdk = openSdk("kubernetes");
  const cloud = new Cloud(join(cloudDir, "kubernetes.jsonl"));
  const inject = faultInjector(faultsFromEnvironment());
  const schemas = new Map<string, ResourceSchema | undefined>();

  function schemaOf(type: string): ResourceSchema | undefined {
    if (!schemas.has(type)) {
      const path = kubernetesPath(sdk, type);
      schemas.set(type, path === undefined ? undefined : readResourceSchema(sdk, type, path));
    }
    return schemas.get(type);
  }

  /** Which cluster a provider instance speaks to. */
  function clusterOf(config: PropertyMap): string {
    const kubeconfig = unwrapSecret(config.kubeconfig);
    const identity = {
      kubeconfig: isUnknown(kubeconfig) ? "" : (kubeconfig ?? ""),
      context: config.context ?? "",
      cluster: config.cluster ?? "",
    };
    return digest(JSON.stringify(identity), 12);
  }

  function fillMetadata(subject: Subject, inputs: PropertyMap, old: PropertyMap | undefined): void {
    const metadata = unwrapSecret(inputs.metadata);
    if (metadata !== undefined && !isObject(metadata)) return;
    const filled: PropertyMap = { ...metadata };
    const oldMetadata = isObject(old?.metadata) ? old.metadata : {};
    if (filled.name === undefined && filled.generateName === undefined) {
      filled.name = isAutoName(nameRule, subject.urn, subject.name, oldMetadata.name)
        ? oldMetadata.name!
        : autoName(nameRule, subject.urn, subject.name, cloud.acknowledgedOf(subject.urn).length);
    }
    const namespace = subject.config.namespace;
    if (filled.namespace === undefined && namespace !== undefined && !clusterKinds.has(String(inputs.kind)))
      filled.namespace = namespace;
    inputs.metadata = filled;
  }

  function idOf(inputs: PropertyMap): string {
    const metadata = isObject(inputs.metadata) ? inputs.metadata : {};
    const name = typeof metadata.name === "string" ? metadata.name : "";
    if (clusterKinds.has(String(inputs.kind))) return name;
    return `${typeof metadata.namespace === "string" ? metadata.namespace : "default"}/${name}`;
  }

  function outputsOf(subject: Subject, inputs: PropertyMap): PropertyMap {
    const metadata = isObject(inputs.metadata) ? inputs.metadata : {};
    const namespaced = !clusterKinds.has(String(inputs.kind));
    const uid = digest(`${subject.urn}uid`, 32);
    const status = statusOf(subject.type, inputs, uid);
    return {
      ...inputs,
      metadata: {
        ...(namespaced ? { namespace: "default" } : {}),
        ...metadata,
        uid: [uid.slice(0, 8), uid.slice(8, 12), uid.slice(12, 16), uid.slice(16, 20), uid.slice(20)].join("-"),
        creationTimestamp: "2026-01-01T00:00:00Z",
        generation: 1,
        resourceVersion: "1",
      },
      ...(status ? { status } : {}),
    };
  }

  /** Objects of different clusters may share a name: the stored ID tells them apart. */
  const stored = (subject: Subject, id: string): string => `${clusterOf(subject.config)}:${id}`;

  return {
    name: "kubernetes",
    version: sdk.version,
    replacingConfig: ["context", "cluster"],
    checkConfig: () => [],
    check: (subject, given, old) => {
      const inputs: PropertyMap = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
      const schema = schemaOf(subject.type);
      const refusals = schema ? validateInputs(sdk, schema.inputs, inputs) : checkCustom(subject.type, inputs);
      fillMetadata(subject, inputs, old);
      return { inputs, refusals };
    },
    diff: (subject, id, oldInputs, _oldOutputs, inputs) => {
      cloud.acknowledge(subject.type, stored(subject, id), subject);
      const roots = [
        "apiVersion",
        "kind",
        "metadata.name",
        "metadata.namespace",
        "metadata.generateName",
        ...replacingPaths(subject.type, oldInputs),
      ];
      const detailed = compareInputs(oldInputs, inputs, (path) => isBelow(path, roots));
      const metadata = isObject(inputs.metadata) ? inputs.metadata : {};
      const oldMetadata = isObject(oldInputs.metadata) ? oldInputs.metadata : {};
      const sameName = metadata.name === oldMetadata.name && metadata.namespace === oldMetadata.namespace;
      return {
        detailed,
        deleteBeforeReplace: sameName && !isAutoName(nameRule, subject.urn, subject.name, metadata.name),
      };
    },
    create: async (subject, inputs, preview) => {
      if (preview) {
        return {
          id: "",
          outputs: {
            ...outputsOf(subject, inputs),
            metadata: { ...(isObject(inputs.metadata) ? inputs.metadata : {}), uid: unknownValue },
            status: unknownValue,
          },
        };
      }
      const again = cloud.createdBefore(subject.urn, inputs);
      if (again) return { id: idOf(inputs), outputs: cloud.revealed(again, inputs).outputs };
      await inject(subject.urn, "Create");
      const id = idOf(inputs);
      const other = cloud.get(subject.type, stored(subject, id));
      if (other)
        throw new Error(
          `${String(inputs.kind)} "${id}" already exists (${other.urn}); give metadata.name another value`,
        );
      const outputs = outputsOf(subject, inputs);
      cloud.put({
        id: stored(subject, id),
        urn: subject.urn,
        type: subject.type,
        place: clusterOf(subject.config),
        inputs,
        outputs,
      });
      return { id, outputs };
    },
    read: (subject, id, state) => {
      const object = cloud.get(subject.type, stored(subject, id));
      if (!object) return undefined;
      cloud.acknowledge(object.type, object.id, object);
      return { id, ...cloud.revealed(object, state) };
    },
    update: async (subject, id, oldOutputs, inputs, preview) => {
      if (preview && containsUnknowns(inputs)) return { ...oldOutputs, ...inputs };
      const outputs = outputsOf(subject, inputs);
      if (preview) return outputs;
      await inject(subject.urn, "Update");
      const object = cloud.get(subject.type, stored(subject, id));
      if (!object) throw new Error(`${String(inputs.kind)} "${id}" not found; run a refresh`);
      cloud.put({ ...object, inputs, outputs });
      return outputs;
    },
    delete: async (subject, id) => {
      await inject(subject.urn, "Delete");
      cloud.remove(subject.type, stored(subject, id), subject);
    },
    invoke: (token) => {
      throw new Error(`The sandbox does not answer the function ${token} of the kubernetes provider.`);
    },
    close: () => cloud.close(),
  };
}

/** A custom resource: its group has a dot and is none of the SDK's; its apiVersion and kind must say the same as its token. */
function checkCustom(type: string, inputs: PropertyMap): Refusal[] {
  const [, group = "", kind = ""] = type.split(":");
  if (type === "kubernetes:helm.sh/v3:Release") return [];
  if (
    !/\..*\//.test(group) ||
    (/\.k8s\.io\//.test(group) && !/^(snapshot|gateway|metrics|elbv2|karpenter|node)\./.test(group))
  ) {
    return [
      { property: "", reason: `"${type}" is not a resource type of @pulumi/kubernetes, and not a custom resource` },
    ];
  }
  const refusals: Refusal[] = [];
  if (inputs.apiVersion !== group) refusals.push({ property: "apiVersion", reason: `must be "${group}"` });
  if (inputs.kind !== kind) refusals.push({ property: "kind", reason: `must be "${kind}"` });
  return refusals;
}
