import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { appLabels } from "./placement.ts";
import type { InCluster } from "./kubernetes.ts";

/** API group of the load balancer controller. */
export const elbGroup = "elbv2.k8s.aws";

/** What the controller writes back. */
const statusSchema: k8s.types.input.apiextensions.v1.JSONSchemaProps = {
  type: "object",
  properties: {
    observedGeneration: { type: "integer", format: "int64" },
    conditions: {
      type: "array",
      items: {
        type: "object",
        required: ["type", "status"],
        properties: {
          type: { type: "string" },
          status: { type: "string" },
          reason: { type: "string" },
          message: { type: "string" },
          observedGeneration: { type: "integer", format: "int64" },
          lastTransitionTime: { type: "string", format: "date-time" },
        },
      },
    },
  },
};

/** What a binding of this fleet says; the definition knows no more, so that nothing else can be asked of the controller. */
const specSchema: k8s.types.input.apiextensions.v1.JSONSchemaProps = {
  type: "object",
  required: ["serviceRef"],
  properties: {
    ipAddressType: { type: "string", enum: ["ipv4", "ipv6"] },
    serviceRef: {
      type: "object",
      required: ["name", "port"],
      properties: { name: { type: "string" }, port: { type: "integer" } },
    },
    targetGroupARN: { type: "string" },
    targetGroupProtocol: { type: "string" },
    targetType: { type: "string", enum: ["instance", "ip"] },
    vpcID: { type: "string" },
  },
};

/** The kind `TargetGroupBinding`: pods of a service join a target group that somebody else owns. */
export function targetGroupBindingKind(
  name: string,
  options: InCluster,
): k8s.apiextensions.v1.CustomResourceDefinition {
  return kind(name, "TargetGroupBinding", "Namespaced", specSchema, options);
}

/** A kind that the controller watches and this fleet has no object of. */
export function ingressClassParamsKind(
  name: string,
  options: InCluster,
): k8s.apiextensions.v1.CustomResourceDefinition {
  return kind(name, "IngressClassParams", "Cluster", { type: "object" }, options);
}

function kind(
  name: string,
  kindName: string,
  scope: "Namespaced" | "Cluster",
  spec: k8s.types.input.apiextensions.v1.JSONSchemaProps,
  options: InCluster,
): k8s.apiextensions.v1.CustomResourceDefinition {
  const singular = kindName.toLowerCase();
  const plural = singular.endsWith("s") ? singular : `${singular}s`;
  return new k8s.apiextensions.v1.CustomResourceDefinition(
    name,
    {
      metadata: { name: `${plural}.${elbGroup}`, labels: appLabels("aws-load-balancer-controller") },
      spec: {
        group: elbGroup,
        scope,
        names: { kind: kindName, listKind: `${kindName}List`, plural, singular },
        versions: [
          {
            name: "v1beta1",
            served: true,
            storage: true,
            subresources: { status: {} },
            schema: {
              openAPIV3Schema: {
                type: "object",
                properties: {
                  apiVersion: { type: "string" },
                  kind: { type: "string" },
                  metadata: { type: "object" },
                  spec,
                  status: statusSchema,
                },
              },
            },
          },
        ],
      },
    },
    options,
  );
}

/** Joins a service's pods to a target group. The load balancer stays Pulumi's (correction E36: two owners for one). */
export function targetGroupBinding(
  name: string,
  spec: {
    namespace: string;
    bindingName: string;
    serviceName: string;
    port: number;
    targetGroupArn: pulumi.Input<string>;
    targetGroupProtocol: "TLS" | "TCP" | "HTTPS";
    vpcId: pulumi.Input<string>;
    labels: Record<string, string>;
  },
  options: InCluster,
): k8s.apiextensions.CustomResource {
  return new k8s.apiextensions.CustomResource(
    name,
    {
      apiVersion: `${elbGroup}/v1beta1`,
      kind: "TargetGroupBinding",
      metadata: { name: spec.bindingName, namespace: spec.namespace, labels: spec.labels },
      spec: {
        serviceRef: { name: spec.serviceName, port: spec.port },
        targetGroupARN: spec.targetGroupArn,
        targetGroupProtocol: spec.targetGroupProtocol,
        targetType: "ip",
        ipAddressType: "ipv4",
        vpcID: spec.vpcId,
      },
    },
    options,
  );
}
