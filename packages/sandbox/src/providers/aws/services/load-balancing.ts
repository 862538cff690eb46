import { isUnknown, type PropertyMap } from "../../../engine/values.ts";
import type { Refusal } from "../../../schema/validate.ts";
import { account, arn, text, texts, type Behaviour, type Scene } from "../behaviour.ts";
import { albZoneIds, nlbZoneIds } from "../regions.ts";

/** AWS's rule for names of load balancers and target groups. */
function checkName(scene: Scene): Refusal[] {
  const name = text(scene.inputs.name);
  if (name === undefined) return [];
  const refusals: Refusal[] = [];
  if (name.length > 32)
    refusals.push({ property: "name", reason: `"${name}" has ${name.length} characters; at most 32 are allowed` });
  if (!/^[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$/.test(name)) {
    refusals.push({
      property: "name",
      reason: `"${name}" may only hold letters, digits and hyphens, and not begin or end with a hyphen`,
    });
  }
  if (name.startsWith("internal-"))
    refusals.push({ property: "name", reason: `"${name}" may not begin with "internal-"` });
  return refusals;
}

const kindOf = (inputs: PropertyMap): "net" | "app" | "gwy" =>
  inputs.loadBalancerType === "network" ? "net" : inputs.loadBalancerType === "gateway" ? "gwy" : "app";

/** A Network Load Balancer without security groups never gets any (E1), and loses no subnet in place. */
function balancerReplacements(old: PropertyMap, inputs: PropertyMap): string[] {
  if (kindOf(inputs) !== "net") return [];
  const replaced: string[] = [];
  const had = texts(old.securityGroups).length > 0;
  const has =
    isUnknown(inputs.securityGroups) || (Array.isArray(inputs.securityGroups) && inputs.securityGroups.length > 0);
  if (had !== has) replaced.push("securityGroups");
  const kept = new Set(texts(inputs.subnets));
  if (texts(old.subnets).some((subnet) => !kept.has(subnet))) replaced.push("subnets");
  return replaced;
}

function balancerOutputs(scene: Scene): PropertyMap {
  const name = text(scene.inputs.name) ?? "lb";
  const kind = kindOf(scene.inputs);
  const host = `${scene.inputs.internal === true ? "internal-" : ""}${name}-${scene.hex(16, "lb")}`;
  const dnsName =
    kind === "net"
      ? `${name}-${scene.hex(16, "lb")}.elb.${scene.region}.amazonaws.com`
      : `${host}.${scene.region}.elb.amazonaws.com`;
  return {
    dnsName,
    zoneId: (kind === "net" ? nlbZoneIds : albZoneIds)[scene.region] ?? "Z215JYRZR1TBD5",
    arnSuffix: `${kind}/${name}/${scene.hex(16, "lb")}`,
    vpcId:
      text(scene.cloud.get("aws:ec2/subnet:Subnet", texts(scene.inputs.subnets)[0] ?? "")?.inputs.vpcId) ??
      `vpc-${scene.hex(17, "vpc")}`,
  };
}

const balancerArn = (scene: Scene): string =>
  arn(
    scene,
    "elasticloadbalancing",
    `loadbalancer/${kindOf(scene.inputs)}/${text(scene.inputs.name) ?? "lb"}/${scene.hex(16, "lb")}`,
  );
const groupArn = (scene: Scene): string =>
  arn(scene, "elasticloadbalancing", `targetgroup/${text(scene.inputs.name) ?? "tg"}/${scene.hex(16, "tg")}`);
const listenerArn = (scene: Scene): string =>
  `${(text(scene.inputs.loadBalancerArn) ?? balancerArn(scene)).replace(":loadbalancer/", ":listener/")}/${scene.hex(16, "listener")}`;

const balancer: Behaviour = {
  id: balancerArn,
  arn: balancerArn,
  autoName: { property: "name", maxLength: 32 },
  unique: "name",
  replaceOn: ["internal", "loadBalancerType", "customerOwnedIpv4Pool"],
  inPlace: ["securityGroups", "subnets"],
  replaceWhen: balancerReplacements,
  defaults: {
    loadBalancerType: "application",
    internal: false,
    ipAddressType: "ipv4",
    enableDeletionProtection: false,
  },
  outputs: balancerOutputs,
  check: checkName,
};

const targetGroup: Behaviour = {
  id: groupArn,
  arn: groupArn,
  autoName: { property: "name", maxLength: 32 },
  unique: "name",
  replaceOn: ["port", "protocol", "protocolVersion", "targetType", "vpcId", "ipAddressType"],
  defaults: { targetType: "instance", deregistrationDelay: 300 },
  outputs: (scene) => ({
    arnSuffix: `targetgroup/${text(scene.inputs.name) ?? "tg"}/${scene.hex(16, "tg")}`,
    loadBalancerArns: [],
  }),
  check: checkName,
};

const listener: Behaviour = { id: listenerArn, arn: listenerArn, replaceOn: ["loadBalancerArn"] };
const attachment: Behaviour = {
  id: (scene) => `${text(scene.inputs.targetGroupArn) ?? ""}-${scene.hex(26, "attachment")}`,
  replaceOn: ["targetGroupArn", "targetId", "port", "availabilityZone"],
};
const rule: Behaviour = {
  id: (scene) =>
    `${(text(scene.inputs.listenerArn) ?? "").replace(":listener/", ":listener-rule/")}/${scene.hex(16, "rule")}`,
  replaceOn: ["listenerArn"],
};

/** Load balancers, and what they stand behind. */
export const loadBalancing: Record<string, Behaviour> = {
  "aws:lb/loadBalancer:LoadBalancer": balancer,
  "aws:alb/loadBalancer:LoadBalancer": balancer,
  "aws:lb/targetGroup:TargetGroup": targetGroup,
  "aws:alb/targetGroup:TargetGroup": targetGroup,
  "aws:lb/listener:Listener": listener,
  "aws:alb/listener:Listener": listener,
  "aws:lb/listenerRule:ListenerRule": rule,
  "aws:lb/targetGroupAttachment:TargetGroupAttachment": attachment,
  "aws:globalaccelerator/accelerator:Accelerator": {
    id: (scene) => `arn:${scene.partition}:globalaccelerator::${account}:accelerator/${scene.hex(32)}`,
    arn: (_scene, id) => id,
    outputs: (scene) => ({
      dnsName: `a${scene.hex(16)}.awsglobalaccelerator.com`,
      dualStackDnsName: `a${scene.hex(16)}.dualstack.awsglobalaccelerator.com`,
      hostedZoneId: "Z2BJ6XQ5FK7U4H",
      ipSets: [{ ipFamily: "IPv4", ipAddresses: ["75.2.10.10", "99.83.10.10"] }],
    }),
  },
  "aws:globalaccelerator/listener:Listener": {
    id: (scene) => `${text(scene.inputs.acceleratorArn) ?? ""}/listener/${scene.hex(8)}`,
    arn: (_scene, id) => id,
    replaceOn: ["acceleratorArn"],
  },
  "aws:globalaccelerator/endpointGroup:EndpointGroup": {
    id: (scene) => `${text(scene.inputs.listenerArn) ?? ""}/endpoint-group/${scene.hex(12)}`,
    arn: (_scene, id) => id,
    replaceOn: ["listenerArn", "endpointGroupRegion"],
    outputs: (scene) => ({ endpointGroupRegion: scene.region }),
  },
  "aws:acm/certificate:Certificate": {
    id: (scene) => arn(scene, "acm", `certificate/${scene.hex(32)}`),
    arn: (_scene, id) => id,
    replaceOn: ["domainName", "subjectAlternativeNames", "validationMethod", "keyAlgorithm", "certificateAuthorityArn"],
    outputs: (scene) => {
      const domains = [
        ...new Set([text(scene.inputs.domainName) ?? "example.com", ...texts(scene.inputs.subjectAlternativeNames)]),
      ];
      return {
        status: "ISSUED",
        domainValidationOptions: domains.map((domainName) => ({
          domainName,
          resourceRecordName: `_${scene.hex(32, domainName)}.${domainName.replace(/^\*\./, "")}.`,
          resourceRecordType: "CNAME",
          resourceRecordValue: `_${scene.hex(32, `${domainName}value`)}.acm-validations.aws.`,
        })),
        subjectAlternativeNames: domains,
      };
    },
  },
  "aws:acm/certificateValidation:CertificateValidation": { replaceOn: ["certificateArn", "validationRecordFqdns"] },
  "aws:route53/zone:Zone": {
    id: (scene) => `Z${scene.hex(20).toUpperCase()}`,
    arn: (_scene, id) => `arn:aws:route53:::hostedzone/${id}`,
    autoName: false,
    replaceOn: ["name", "delegationSetId"],
    outputs: (_scene, id) => {
      const nameServers = ["awsdns-01.com", "awsdns-02.net", "awsdns-03.org", "awsdns-04.co.uk"].map(
        (server, index) => `ns-${index * 512 + 1}.${server}`,
      );
      return { zoneId: id, nameServers, primaryNameServer: nameServers[0] ?? "" };
    },
  },
  "aws:route53/record:Record": {
    id: (scene) =>
      [text(scene.inputs.zoneId), text(scene.inputs.name), text(scene.inputs.type), text(scene.inputs.setIdentifier)]
        .filter(Boolean)
        .join("_"),
    autoName: false,
    replaceOn: ["zoneId", "name", "type", "setIdentifier"],
    outputs: (scene) => {
      const zone = text(scene.cloud.get("aws:route53/zone:Zone", text(scene.inputs.zoneId) ?? "")?.inputs.name) ?? "";
      const name = (text(scene.inputs.name) ?? "").replace(/\.$/, "");
      return { fqdn: zone === "" || name.endsWith(zone) ? name : `${name}.${zone}` };
    },
  },
  "aws:route53/zoneAssociation:ZoneAssociation": { replaceOn: ["zoneId", "vpcId", "vpcRegion"] },
};
