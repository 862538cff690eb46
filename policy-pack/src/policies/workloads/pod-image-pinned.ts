import { mustMatch } from "../../model/expect.ts";
import { containersOf, podSpec, podTypes } from "../../model/pods.ts";
import { resourceRule } from "../../rule.ts";

/** A registry's port is no tag. */
export const podImagePinned = resourceRule({
  id: "pod-image-pinned",
  family: "workloads",
  severity: "medium",
  what: "Container images have a tag or digest, and not latest.",
  why: "Two nodes run two versions under one name, and nobody can say which.",
  mend: "Name a version tag, better a digest (image@sha256:...).",
  frameworks: { nist: ["CM-2", "SI-7"], pci: ["6.3.2"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: podTypes,
  check({ type, props }, report) {
    const pod = podSpec(type, props);
    if (pod.isUnknown) {
      report.cannotTell(pod);
    }
    for (const container of containersOf(pod)) {
      mustMatch(report, container.at("image"), isPinned, "has no tag, or latest");
    }
  },
});

function isPinned(image: string): boolean {
  const name = image.split("/").at(-1) ?? "";
  return name.includes("@sha256:") || (/:[^:]+$/.test(name) && !name.endsWith(":latest"));
}
