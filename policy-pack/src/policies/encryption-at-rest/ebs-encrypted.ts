import { mustBeOn } from "../../model/expect.ts";
import { type Field, UNKNOWN } from "../../model/field.ts";
import { machinesOf } from "../../model/machines.ts";
import { type Report, resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Volumes wherever they are written down: alone, on instances, in launch templates and configurations. */
export const ebsEncrypted = resourceRule({
  id: "ebs-encrypted",
  family: "encryption-at-rest",
  severity: "high",
  what: "Every EBS volume is encrypted: volumes, snapshot copies, root and data volumes of instances, launch templates, launch configurations and spot fleets.",
  why: "A snapshot of an unencrypted volume can be shared and read by anybody who gets it.",
  mend: "Set encrypted to true on the volume, on rootBlockDevice and on every block device.",
  frameworks: {
    cis: ["2.2.1"],
    fsbp: ["EC2.3"],
    nist: ["SC-28"],
    pci: ["3.5.1"],
    hipaa: ["164.312(a)(2)(iv)"],
    checkov: ["CKV_AWS_3", "CKV_AWS_8"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [
    ...T.ebsVolume,
    "aws:ebs/snapshotCopy:SnapshotCopy",
    ...T.instance,
    ...T.launchTemplate,
    ...T.launchConfiguration,
    ...T.spotFleet,
  ],
  check({ type, props }, report) {
    if (type.startsWith("aws:ebs/")) {
      mustBeOn(report, props.at("encrypted"), "the volume is not encrypted");
    } else if (type === "aws:ec2/launchTemplate:LaunchTemplate") {
      checkLaunchTemplate(props, report);
    } else {
      for (const machine of machinesOf(type, props)) {
        checkMachine(machine, report);
      }
    }
  },
});

/** A template that names no device starts with the image's root volume, which is as encrypted as the image. */
function checkLaunchTemplate(props: Field, report: Report): void {
  for (const mapping of props.at("blockDeviceMappings").items()) {
    if (isEbs(mapping, report)) {
      reportVolume(mapping.at("ebs"), report);
    }
  }
}

function checkMachine(props: Field, report: Report): void {
  // Without a root device written down the image decides, and most images are not encrypted.
  const root = ["rootBlockDevice", "rootBlockDevices"]
    .map((property) => props.at(property))
    .find(({ isUnset }) => !isUnset);
  mustBeOn(report, (root ?? props.at("rootBlockDevice")).at("encrypted"), "the root volume is not encrypted");
  for (const device of props.at("ebsBlockDevices").items()) {
    reportVolume(device, report);
  }
}

/** Whether a mapping makes an EBS volume: it may also name an instance store or suppress a device of the image. */
function isEbs(mapping: Field, report: Report): boolean {
  if (mapping.isUnknown) {
    report.cannotTell(mapping);
    return false;
  }
  const noDevice = mapping.at("noDevice").text();
  const virtual = mapping.at("virtualName").text();
  return (
    (noDevice === undefined || noDevice === UNKNOWN || noDevice === "false") &&
    (virtual === undefined || virtual === "")
  );
}

/** A volume from a snapshot is as encrypted as the snapshot, whatever is written beside it. */
function reportVolume(volume: Field, report: Report): void {
  if (volume.at("encrypted").flag() !== true && !volume.at("snapshotId").isUnset) {
    report.cannotTell(volume.at("snapshotId"), "decides whether the volume is encrypted");
  } else {
    mustBeOn(report, volume.at("encrypted"), "the volume is not encrypted");
  }
}
