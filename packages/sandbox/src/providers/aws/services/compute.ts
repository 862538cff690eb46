import { isObject, type PropertyMap, type PropertyValue } from "../../../engine/values.ts";
import type { Refusal } from "../../../schema/validate.ts";
import { address, arn, number, text, texts, type Behaviour, type Scene } from "../behaviour.ts";

/** Limits of gp3: 3,000 to 80,000 IOPS, at most 500 an GiB; 125 to 2,000 MiB/s, at most 0.25 an IOPS (E28). */
function checkGp3(path: string, volume: PropertyValue | undefined): Refusal[] {
  if (!isObject(volume) || (text(volume.volumeType) ?? text(volume.type)) !== "gp3") return [];
  const iops = number(volume.iops) ?? 3000;
  const throughput = number(volume.throughput) ?? 125;
  const size = number(volume.volumeSize) ?? number(volume.size);
  const refusals: Refusal[] = [];
  const refuse = (property: string, reason: string): unknown =>
    refusals.push({ property: path === "" ? property : `${path}.${property}`, reason });
  if (iops < 3000 || iops > 80_000) refuse("iops", `${iops} is outside 3000 to 80000 for gp3`);
  else if (size !== undefined && iops > 3000 && iops > 500 * size)
    refuse("iops", `${iops} is more than 500 a GiB allow: ${500 * size} for ${size} GiB`);
  if (throughput < 125 || throughput > 2000) refuse("throughput", `${throughput} MiB/s is outside 125 to 2000 for gp3`);
  else if (throughput > iops / 4)
    refuse("throughput", `${throughput} MiB/s needs at least ${throughput * 4} IOPS, the volume has ${iops}`);
  return refusals;
}

function checkLaunchTemplate(scene: Scene): Refusal[] {
  const { blockDeviceMappings } = scene.inputs;
  if (!Array.isArray(blockDeviceMappings)) return [];
  return blockDeviceMappings.flatMap((mapping, index) =>
    checkGp3(`blockDeviceMappings[${index}].ebs`, isObject(mapping) ? mapping.ebs : undefined),
  );
}

function zonesOfGroup(scene: Scene): Set<string> {
  const subnets = texts(scene.inputs.vpcZoneIdentifiers).flatMap(
    (id) => text(scene.cloud.get("aws:ec2/subnet:Subnet", id)?.outputs.availabilityZone) ?? [],
  );
  return new Set([...subnets, ...texts(scene.inputs.availabilityZones)]);
}

function placementOf(scene: Scene): string | undefined {
  const template = isObject(scene.inputs.launchTemplate) ? scene.inputs.launchTemplate : {};
  const launchTemplate = scene.cloud.get("aws:ec2/launchTemplate:LaunchTemplate", text(template.id) ?? "");
  const placement = launchTemplate?.inputs.placement;
  return text(scene.inputs.placementGroup) ?? (isObject(placement) ? text(placement.groupName) : undefined);
}

function checkGroup(scene: Scene): Refusal[] {
  const refusals: Refusal[] = [];
  const { inputs } = scene;
  const [min, max, desired] = [number(inputs.minSize), number(inputs.maxSize), number(inputs.desiredCapacity)];
  if (min !== undefined && max !== undefined && min > max)
    refusals.push({ property: "minSize", reason: `${min} is more than maxSize ${max}` });
  if (desired !== undefined && ((min !== undefined && desired < min) || (max !== undefined && desired > max))) {
    refusals.push({ property: "desiredCapacity", reason: `${desired} is outside minSize ${min} to maxSize ${max}` });
  }
  const name = placementOf(scene);
  const group =
    name === undefined ? undefined : scene.cloud.named("aws:ec2/placementGroup:PlacementGroup", name, scene.region);
  const zones = zonesOfGroup(scene);
  if (text(group?.inputs.strategy) === "cluster" && zones.size > 1) {
    refusals.push({
      property: "vpcZoneIdentifiers",
      reason: `the cluster placement group ${name} lives in one zone, the subnets are in ${[...zones].join(", ")}; use one Auto Scaling group a zone (E32)`,
    });
  }
  return refusals;
}

/** The next version of a launch template: one more for every change. */
function templateOutputs(scene: Scene, id: string): PropertyMap {
  const before = number(scene.cloud.get(scene.type, id)?.outputs.latestVersion) ?? 0;
  const latest = before + 1;
  const isDefault = scene.inputs.updateDefaultVersion === true || before === 0;
  const old = number(scene.cloud.get(scene.type, id)?.outputs.defaultVersion) ?? 1;
  return { latestVersion: latest, defaultVersion: number(scene.inputs.defaultVersion) ?? (isDefault ? latest : old) };
}

/** Machines, their groups and their disks. */
export const compute: Record<string, Behaviour> = {
  "aws:ec2/launchTemplate:LaunchTemplate": {
    idPrefix: "lt-",
    arn: (scene, id) => arn(scene, "ec2", `launch-template/${id}`),
    autoName: { property: "name", maxLength: 125 },
    unique: "name",
    outputs: templateOutputs,
    check: checkLaunchTemplate,
  },
  "aws:ec2/instance:Instance": {
    idPrefix: "i-",
    arn: (scene, id) => arn(scene, "ec2", `instance/${id}`),
    replaceOn: [
      "ami",
      "availabilityZone",
      "keyName",
      "placementGroup",
      "subnetId",
      "tenancy",
      "privateIp",
      "enclaveOptions",
      "ephemeralBlockDevices",
      "cpuOptions",
    ],
    outputs: (scene) => {
      const privateIp = address(scene, "10.66", "private");
      return {
        privateIp,
        privateDns: `ip-${privateIp.replaceAll(".", "-")}.${scene.region === "us-east-1" ? "ec2" : `${scene.region}.compute`}.internal`,
        primaryNetworkInterfaceId: `eni-${scene.hex(17, "eni")}`,
        instanceState: "running",
      };
    },
    check: (scene) => checkGp3("rootBlockDevice", scene.inputs.rootBlockDevice),
  },
  "aws:ec2/keyPair:KeyPair": {
    id: (scene) => text(scene.inputs.keyName) ?? scene.hex(12),
    replaceOn: ["publicKey", "keyName"],
    autoName: { property: "keyName", maxLength: 255 },
  },
  "aws:ec2/capacityReservation:CapacityReservation": {
    idPrefix: "cr-",
    arn: (scene, id) => arn(scene, "ec2", `capacity-reservation/${id}`),
    replaceOn: [
      "availabilityZone",
      "ebsOptimized",
      "ephemeralStorage",
      "instancePlatform",
      "instanceType",
      "outpostArn",
      "placementGroupArn",
      "tenancy",
    ],
  },
  "aws:ebs/volume:Volume": {
    idPrefix: "vol-",
    arn: (scene, id) => arn(scene, "ec2", `volume/${id}`),
    replaceOn: ["availabilityZone", "encrypted", "kmsKeyId", "snapshotId", "multiAttachEnabled"],
    check: (scene) => checkGp3("", scene.inputs),
  },
  "aws:autoscaling/group:Group": {
    id: (scene) => text(scene.inputs.name) ?? scene.hex(17),
    arn: (scene, id) => {
      const group = scene.hex(32, "asg");
      const uuid = [
        group.slice(0, 8),
        group.slice(8, 12),
        group.slice(12, 16),
        group.slice(16, 20),
        group.slice(20),
      ].join("-");
      return arn(scene, "autoscaling", `autoScalingGroup:${uuid}:autoScalingGroupName/${id}`);
    },
    unique: "name",
    replaceOn: ["name"],
    defaults: {
      healthCheckGracePeriod: 300,
      healthCheckType: "EC2",
      defaultCooldown: 300,
      waitForCapacityTimeout: "10m",
    },
    outputs: (scene) => ({
      desiredCapacity: scene.inputs.desiredCapacity ?? scene.inputs.minSize ?? 0,
      availabilityZones: [...zonesOfGroup(scene)],
      serviceLinkedRoleArn: arn(
        scene,
        "iam",
        "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
        "",
      ),
    }),
    check: checkGroup,
  },
  "aws:autoscaling/policy:Policy": {
    id: (scene) => text(scene.inputs.name) ?? scene.hex(17),
    arn: (scene, id) =>
      arn(
        scene,
        "autoscaling",
        `scalingPolicy:${scene.hex(32)}:autoScalingGroupName/${text(scene.inputs.autoscalingGroupName) ?? ""}:policyName/${id}`,
      ),
    replaceOn: ["autoscalingGroupName", "name"],
  },
  "aws:autoscaling/lifecycleHook:LifecycleHook": {
    id: (scene) => text(scene.inputs.name) ?? scene.hex(17),
    replaceOn: ["autoscalingGroupName", "name"],
  },
  "aws:autoscaling/schedule:Schedule": {
    id: (scene) => text(scene.inputs.scheduledActionName) ?? scene.hex(17),
    replaceOn: ["autoscalingGroupName", "scheduledActionName"],
  },
  "aws:autoscaling/notification:Notification": { replaceOn: ["topicArn"] },
};
