import type { NetworkArgs } from "../network/args.ts";
import { isEcrImage } from "../shared/ecr-image.ts";
import { logRetentionProblems } from "../shared/log-retention.ts";
import { PlanRefusedError, refuseAll, type Problem } from "../shared/refusal.ts";
import { regionCode } from "../shared/regions.ts";
import type { Tags } from "../shared/tags.ts";
import type { Tenant } from "../tenants/tenant.ts";
import { tenantsOf } from "../tenants/registry-plan.ts";
import { tenantRules, type TenantRule } from "../tenants/tenant-rules-plan.ts";
import type { AttestationArgs } from "./attestation-args.ts";
import { type AttestationPlan, attestationPlan } from "./attestation-plan.ts";
import { type FleetArgs, type FleetPlan, fleetPlan } from "./fleet-plan.ts";
import { type HostPlan, type HostArgs, hostPlan } from "./host-plan.ts";
import { type RouterArgs, type RouterPlan, routerPlan } from "./router-plan.ts";

/** The plain part of the arguments: what the plan depends on. */
export interface GpuClusterPlanArgs extends FleetArgs, RouterArgs, HostArgs {
  network?: { region: string; zoneIds: string[] };
  newNetwork?: NetworkArgs;
  tenants: Tenant[];
  attestation: AttestationArgs;
  rulesPerSecurityGroup?: number;
  multiRegionKey?: boolean;
  gpuFaultsPerHour?: number;
  logRetentionDays?: number;
  tags?: Tags;
}

/** Everything that is known before a resource exists. */
export interface GpuClusterPlan {
  readonly region: string;
  readonly zoneIds: readonly string[];
  /** Name of the load balancer, such as `mrgc-nlb-use1`. */
  readonly loadBalancerName: string;
  readonly tenantRules: readonly TenantRule[];
  readonly tenants: readonly { readonly name: string; readonly principals: readonly string[] }[];
  readonly fleet: FleetPlan;
  readonly router: RouterPlan;
  readonly attestation: AttestationPlan;
  readonly host: HostPlan;
  readonly gpuFaultsPerHour: number;
}

/**
 * Plans a region: every refusal of its parts is reported at once.
 *
 * @param name the component's logical name, which the names of its groups and DNS entries begin with
 * @throws PlanRefusedError with every problem found
 */
export function gpuClusterPlan(name: string, args: GpuClusterPlanArgs): GpuClusterPlan {
  const { region, zoneIds } = place(args);
  const problems: Problem[] = [];
  const part = <Part>(plan: () => Part): Part | undefined => {
    try {
      return plan();
    } catch (error) {
      if (error instanceof PlanRefusedError) {
        problems.push(...error.problems);
        return undefined;
      }
      throw error;
    }
  };
  part(() => refuseAll(ownProblems(name, args)));
  const tenants = part(() => tenantsOf(region, args.tenants));
  const rules = part(() => tenantRules(args.tenants, region, { rulesPerSecurityGroup: args.rulesPerSecurityGroup }));
  const fleet = part(() => fleetPlan(args, region, zoneIds));
  const router = part(() => routerPlan(args, name, region, zoneIds, fleet?.maxPerZoneWhileReplaced ?? 0));
  const attestation = fleet && part(() => attestationPlan(args.attestation, fleet.types));
  const host = part(() => hostPlan(args));
  if (!tenants || !rules || !fleet || !router || !attestation || !host || problems.length > 0) {
    throw new PlanRefusedError(unique(problems));
  }
  return {
    region,
    zoneIds,
    loadBalancerName: `mrgc-nlb-${regionCode(region)}`,
    tenantRules: rules,
    tenants: tenants.map((tenant) => ({ name: tenant.name, principals: tenant.principals })),
    fleet,
    router,
    attestation,
    host,
    gpuFaultsPerHour: args.gpuFaultsPerHour ?? 3,
  };
}

function place(args: GpuClusterPlanArgs): { region: string; zoneIds: string[] } {
  const { network, newNetwork } = args;
  const chosen = network ?? newNetwork;
  if (chosen === undefined || (network !== undefined && newNetwork !== undefined)) {
    throw new PlanRefusedError([
      {
        path: "network",
        value: chosen === undefined ? undefined : "network and newNetwork",
        reason: "exactly one of network and newNetwork says where the cluster stands",
        mend: "Give one of them.",
      },
    ]);
  }
  return { region: chosen.region, zoneIds: chosen.zoneIds };
}

/** Keys of tags that EC2 shows in a host's metadata. */
const metadataTagKey = /^[\w+=,.@:-]{1,128}$/;

function ownProblems(name: string, args: GpuClusterPlanArgs): Problem[] {
  const problems = logRetentionProblems(args.logRetentionDays);
  if (!/^[a-z][a-z0-9-]{0,27}$/.test(name)) {
    problems.push({
      path: "name",
      value: name,
      reason:
        "is part of DNS and role names: a lower-case letter, then at most 27 lower-case letters, digits or hyphens",
      mend: "Choose such a name for the component.",
    });
  }
  for (const field of ["modelImage", "dcgmExporterImage"] as const) {
    if (!isEcrImage(args[field])) {
      problems.push({
        path: field,
        value: args[field],
        reason:
          "has to be in ECR, as `<account>.dkr.ecr.<region>.amazonaws.com/<name>:<tag>`: GPU hosts hold plaintext and have no way to the internet",
        mend: "Push the image to ECR, or let a pull-through cache fetch it (docs/container-images.md).",
      });
    }
  }
  for (const key of Object.keys(args.tags ?? {})) {
    if (!metadataTagKey.test(key) || [".", "..", "_index"].includes(key)) {
      problems.push({
        path: `tags.${key}`,
        value: key,
        reason:
          "is no tag that a host can read from its metadata, and EC2 would start none: letters, digits and -_+=,.@: are allowed",
        mend: "Write it without spaces and slashes, such as `CostCenter`.",
      });
    }
  }
  const faults = args.gpuFaultsPerHour ?? 3;
  if (!Number.isInteger(faults) || faults < 1) {
    problems.push({
      path: "gpuFaultsPerHour",
      value: faults,
      reason: "has to be a whole number from 1",
      mend: "Take 3.",
    });
  }
  return problems;
}

/** The registry is read twice, and says what is wrong twice. */
function unique(problems: Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter((problem) => {
    const text = JSON.stringify(problem);
    return !seen.has(text) && seen.add(text);
  });
}
