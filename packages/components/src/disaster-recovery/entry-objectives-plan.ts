import { drainPlan, healthCheckCount, healthCheckTimeoutSeconds } from "../proxy-fleet/drain-plan.ts";
import { hostHealthCheck, routerHealthCheck } from "../regional-gpu-cluster/health-checks.ts";
import { secondsToNotice } from "../tenant-endpoint/judgement.ts";
import { Failure, type KeptCopy, type RecoveryObjective, type RegionRecoveryArgs } from "./args.ts";
import type { GivenTimes } from "./given-times.ts";
import { keyBack } from "./hot-tier-objectives-plan.ts";
import { configured, longestOf, none, sumOf, type TimeEstimate, type TimeTerm } from "./times.ts";

/** A region's way in: what is asked, and what the durations are. */
export interface EntryRecovery {
  args: RegionRecoveryArgs;
  probeIntervalSeconds: number;
  times: GivenTimes;
}

const stateless = none("it keeps nothing; requests in flight fail and are sent again", "by design");

/** What the way in keeps where. */
export function entryCopies({ args }: EntryRecovery): KeptCopy[] {
  const zones = args.zoneIds.length;
  const { gpu, proxies } = args;
  const apart = [Failure.Node, Failure.Zone];
  const fleet = (part: string, what: string, where: string): KeptCopy => ({
    part,
    what,
    where,
    outlives: apart,
    otherwise: "the other regions' fleets; `pulumi up` makes it anew",
  });
  return [
    ...(gpu === undefined
      ? []
      : [
          fleet(
            "GPU cluster",
            "hosts",
            `${gpu.minPerZone} to ${gpu.maxPerZone} in each of ${zones} zones; without one zone at most ${(zones - 1) * gpu.maxPerZone} of ${zones * gpu.maxPerZone}`,
          ),
          fleet("GPU cluster", "routers", `at least one task in each of ${zones} zones, behind one load balancer`),
          {
            part: "GPU cluster",
            what: "attested key, which tenants encrypt for",
            where:
              gpu.multiRegionKey === true ? `${args.region}, with replicas in other regions` : `${args.region} only`,
            outlives: gpu.multiRegionKey === true ? [...apart, Failure.Region] : apart,
            otherwise: "tenants encrypt for the other region's own key",
          },
        ]),
    ...(proxies === undefined
      ? []
      : [
          fleet(
            "proxies",
            "nodes",
            `${proxies.minNodes} to ${proxies.maxNodes} over ${zones} zones; without one zone at most ${Math.floor((proxies.maxNodes * (zones - 1)) / zones)}`,
          ),
        ]),
    {
      part: "tenants",
      what: "registry",
      where: "the stack's configuration (Git); a ledger in DynamoDB with point-in-time recovery",
      outlives: [...apart, Failure.Region],
      otherwise: "`pulumi up` writes the registrations again",
    },
    {
      part: "stack",
      what: "Pulumi's state",
      where: "where `pulumi login` points, no part of the region: version that bucket",
      outlives: [...apart, Failure.Region],
      otherwise: "an older version of it, then `pulumi refresh`",
    },
  ];
}

/** What each failure costs those who come in. */
export function entryObjectives(recovery: EntryRecovery): RecoveryObjective[] {
  const { args } = recovery;
  return [
    ...(args.gpu === undefined ? [] : clusterObjectives(recovery)),
    ...(args.proxies === undefined ? [] : [proxyObjective(recovery)]),
    ...tenantObjectives(recovery),
    gatewayObjective(recovery),
  ];
}

/** The load balancer takes a router out. */
function routerOut(): TimeTerm {
  const { intervalSeconds, timeoutSeconds, changes } = routerHealthCheck;
  return configured(
    `${changes} checks of the load balancer, ${intervalSeconds} s apart, the last waits ${timeoutSeconds} s`,
    changes * intervalSeconds + timeoutSeconds,
    "health-checks.ts",
  );
}

function clusterObjectives(recovery: EntryRecovery): RecoveryObjective[] {
  const { times } = recovery;
  const { intervalSeconds, timeoutSeconds, failures } = hostHealthCheck;
  const hanging = times("clientTimeout", "a request that hangs");
  return [
    {
      failure: Failure.Node,
      part: "GPU host",
      effect: "requests to it fail",
      rto: sumOf(
        configured(
          `${failures} checks of the routers, ${intervalSeconds} s apart, the last waits ${timeoutSeconds} s`,
          failures * intervalSeconds + timeoutSeconds,
          "health-checks.ts",
        ),
        hanging,
      ),
      rpo: stateless,
      byItself: true,
      runbook: "runbooks/regional-gpu-cluster.md#gpu-faults",
      gameDay: "gpu-host",
    },
    {
      failure: Failure.Node,
      part: "router",
      effect: "new connections to it fail",
      rto: sumOf(routerOut(), hanging),
      rpo: stateless,
      byItself: true,
      runbook: "runbooks/regional-gpu-cluster.md#nlb-unhealthy",
    },
    {
      failure: Failure.Key,
      part: "attested key",
      effect: "every request of the region fails, though it looks healthy",
      rto: keyBack(times),
      rpo: stateless,
      byItself: false,
      runbook: "disaster-recovery.md#a-key-is-disabled",
      gameDay: "key",
    },
    {
      failure: Failure.KeyService,
      part: "attested key",
      effect: "every request of the region fails, though it looks healthy",
      rto: sumOf(times("response", "a person takes the region out of the names"), ...nameTurns(recovery).terms),
      rpo: stateless,
      byItself: false,
      runbook: "disaster-recovery.md#kms-of-a-region-is-down",
      gameDay: "key-service",
    },
  ];
}

function proxyObjective({ times }: EntryRecovery): RecoveryObjective {
  // The delay of a planned end does not matter here: the interval is the same for all.
  const { healthCheckIntervalSeconds } = drainPlan(0);
  return {
    failure: Failure.Node,
    part: "proxy",
    effect: "connections to it break",
    rto: sumOf(
      configured(
        `${healthCheckCount} checks of the load balancer, ${healthCheckIntervalSeconds} s apart, the last waits ${healthCheckTimeoutSeconds} s`,
        healthCheckCount * healthCheckIntervalSeconds + healthCheckTimeoutSeconds,
        "drain-plan.ts",
      ),
      times("clientTimeout", "a request that hangs"),
    ),
    rpo: stateless,
    byItself: true,
    runbook: "runbooks/proxy-fleet.md#unhealthy-proxies",
  };
}

/** From an endpoint's last answer until the last resolver has the new answer. */
function nameTurns({ probeIntervalSeconds, times }: EntryRecovery): TimeEstimate {
  return sumOf(
    configured(
      `until a minute of the tenant's probe is bad, a look every ${probeIntervalSeconds} s`,
      secondsToNotice(probeIntervalSeconds),
      "probeIntervalSeconds",
    ),
    times("probeToName", "until the name knows"),
    times("dnsTtl", "what resolvers keep"),
    times("clientTimeout", "a request that hangs"),
  );
}

function tenantObjectives(recovery: EntryRecovery): RecoveryObjective[] {
  const { args, times } = recovery;
  const hanging = times("clientTimeout", "a request that hangs");
  const everyAddress = sumOf(routerOut(), hanging);
  const tenants = (args.tenants ?? []).filter(({ regions }) => regions.includes(args.region));
  const stranded = tenants.filter(({ regions }) => regions.length < 2).map(({ name }) => name);
  return [
    {
      failure: Failure.Zone,
      part: "private tenants",
      effect: `new connections through 1 of ${args.zoneIds.length} zones fail`,
      rto: longestOf(
        everyAddress,
        sumOf(
          times("zoneLeavesName", "the zone leaves the endpoint's name"),
          times("dnsTtl", "what resolvers keep"),
          hanging,
        ),
      ),
      usual: everyAddress,
      rpo: stateless,
      byItself: true,
      runbook: "drills.md#one-zone",
      gameDay: "zone-entry",
    },
    ...(stranded.length === tenants.length
      ? []
      : [
          {
            failure: Failure.Region,
            part: "private tenants",
            effect: "requests fail until the name leads to another region",
            rto: nameTurns(recovery),
            rpo: stateless,
            byItself: true,
            runbook: "runbooks/tenant-endpoint.md#unhealthy",
            gameDay: "region",
          },
        ]),
    ...(stranded.length === 0
      ? []
      : [
          {
            failure: Failure.Region,
            part: "private tenants of one region",
            effect: `down: ${stranded.join(", ")}`,
            rpo: stateless,
            missing: "their names lead to this region only: give them a second one in `regions`",
            byItself: false,
            runbook: "runbooks/tenant-endpoint.md#unhealthy",
          },
        ]),
    {
      failure: Failure.Name,
      part: "a tenant's probe",
      effect: "none: a silent probe changes no name",
      rto: none("health checks keep what they knew", "insufficientDataHealthStatus"),
      rpo: stateless,
      byItself: true,
      runbook: "runbooks/observability.md#probe-loss",
    },
  ];
}

function gatewayObjective({ args, times }: EntryRecovery): RecoveryObjective {
  return {
    failure: Failure.Gateway,
    part: "NAT",
    effect: `none for requests; new machines and tasks in 1 of ${args.zoneIds.length} zones reach no registry outside of AWS`,
    rto: sumOf(times("response", "a person replaces it"), times("gatewayUp", "`pulumi up --replace` of the gateway")),
    rpo: stateless,
    byItself: false,
    runbook: "runbooks/observability.md#nat-drops",
  };
}
