import type { PropertyMap } from "../../../engine/values.ts";
import { account, arn, text, texts, type Behaviour, type Scene } from "../behaviour.ts";
import { zonesOf } from "../regions.ts";

const ec2Arn =
  (kind: string) =>
  (scene: Scene, id: string): string =>
    arn(scene, "ec2", `${kind}/${id}`);

function endpointOutputs(scene: Scene, id: string): PropertyMap {
  const type = text(scene.inputs.vpcEndpointType) ?? "Gateway";
  const service = (text(scene.inputs.serviceName) ?? "").split(".").slice(3).join(".") || "service";
  const zone = zonesOf(scene.region)[0]?.name ?? "";
  const host = (name: string): string =>
    `${id}-${scene.hex(8, "dns")}${name}.${service}.${scene.region}.vpce.amazonaws.com`;
  return {
    state: "available",
    vpcEndpointType: type,
    ownerId: account,
    requesterManaged: false,
    ...(type === "Gateway"
      ? { prefixListId: `pl-${scene.hex(8, "pl")}`, cidrBlocks: [], dnsEntries: [], networkInterfaceIds: [] }
      : {
          networkInterfaceIds: texts(scene.inputs.subnetIds).map((subnet) => `eni-${scene.hex(17, subnet)}`),
          dnsEntries: ["", `-${zone}`].map((name) => ({ dnsName: host(name), hostedZoneId: "Z7HUB22UULQXV" })),
        }),
  };
}

function endpointServiceOutputs(scene: Scene, id: string): PropertyMap {
  const privateName = text(scene.inputs.privateDnsName);
  return {
    serviceName: `com.amazonaws.vpce.${scene.region}.${id}`,
    serviceType: "Interface",
    state: "Available",
    baseEndpointDnsNames: [`${id}.${scene.region}.vpce.amazonaws.com`],
    availabilityZones: zonesOf(scene.region)
      .slice(0, 3)
      .map((zone) => zone.name),
    managesVpcEndpoints: false,
    privateDnsNameConfigurations: privateName
      ? [
          {
            name: `_${scene.hex(24, "dns")}`,
            type: "TXT",
            value: `vpce:${scene.hex(20, "dns-value")}`,
            state: "pendingVerification",
          },
        ]
      : [],
  };
}

/** PrivateLink: endpoints, endpoint services and who may use them. */
export const privateLink: Record<string, Behaviour> = {
  "aws:ec2/vpcEndpoint:VpcEndpoint": {
    idPrefix: "vpce-",
    arn: ec2Arn("vpc-endpoint"),
    replaceOn: ["serviceName", "serviceRegion", "vpcEndpointType", "vpcId"],
    inPlace: ["privateDnsEnabled"],
    outputs: endpointOutputs,
  },
  "aws:ec2/vpcEndpointService:VpcEndpointService": {
    idPrefix: "vpce-svc-",
    arn: ec2Arn("vpc-endpoint-service"),
    outputs: endpointServiceOutputs,
  },
  "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple": {
    idPrefix: "vpce-svc-perm-",
    replaceOn: ["principalArn", "vpcEndpointServiceId"],
  },
  "aws:ec2/vpcEndpointConnectionAccepter:VpcEndpointConnectionAccepter": {
    id: (scene) => `${text(scene.inputs.vpcEndpointServiceId) ?? ""}_${text(scene.inputs.vpcEndpointId) ?? ""}`,
    replaceOn: ["vpcEndpointId", "vpcEndpointServiceId"],
    outputs: () => ({ vpcEndpointState: "available" }),
  },
  "aws:ec2/vpcEndpointConnectionNotification:VpcEndpointConnectionNotification": {
    idPrefix: "vpce-nfn-",
    replaceOn: ["vpcEndpointId", "vpcEndpointServiceId"],
    outputs: () => ({ notificationType: "Topic", state: "Enabled" }),
  },
  "aws:vpc/endpointServicePrivateDnsVerification:EndpointServicePrivateDnsVerification": {
    id: (scene) => text(scene.inputs.serviceId) ?? scene.hex(17),
    replaceOn: ["serviceId"],
  },
};
