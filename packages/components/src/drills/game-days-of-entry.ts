import { routerHealthCheck, hostHealthCheck } from "../regional-gpu-cluster/health-checks.ts";
import { Routing } from "../tenant-endpoint/args.ts";
import type { PlannedZone } from "../tenant-endpoint/dns-plan.ts";
import { tenantEndpointPlan } from "../tenant-endpoint/tenant-endpoint-plan.ts";
import { runDrill, type DrillResult } from "./drill.ts";
import { clientKinds } from "./drills.ts";
import type { Dice, GameDay, GameDayWorld } from "./game-day.ts";
import { ServicePath, type Fault } from "./service-path.ts";
import { timingsOf } from "./timings.ts";

const faultFrom = 30;
const never = () => false;
/** Clients of one run, and seconds that they are watched after the fault. */
const clients = 20;
const watched = 240;

/** A tenant in the region that fails, with an endpoint to each region of the front door. */
function tenantZone({ region, frontDoor }: GameDayWorld): PlannedZone {
  const regions = [region.region, ...frontDoor.regions.filter((other) => other !== region.region)];
  const dnsName = "inference.acme.internal";
  const plan = tenantEndpointPlan({
    vpcs: [{ region: region.region, zoneIds: region.zoneIds }],
    // Zones of other regions are none of this network's: any subnet will do there.
    services: regions.map((serviceRegion) => ({
      serviceRegion,
      zoneIds: region.zoneIds,
      endpointRegions: [region.region],
    })),
    dnsName,
    routing: regions.length > 1 ? Routing.Failover : undefined,
    probeIntervalSeconds: region.probeIntervalSeconds,
  });
  return plan.vpcs[0]?.zone ?? { name: dnsName, records: [] };
}

/** Lets clients of both kinds go through a fault. */
function suffer(
  world: GameDayWorld,
  dice: Dice,
  what: Omit<Fault, "from" | "until"> & { lasts: number },
  kinds = clientKinds,
): { seconds: number; path: ServicePath; results: DrillResult[] } {
  const { probeIntervalSeconds, times } = world.region;
  const timings = timingsOf(probeIntervalSeconds, times);
  const fault: Fault = { ...what, from: faultFrom, until: faultFrom + what.lasts };
  const path = new ServicePath(fault, timings, tenantZone(world));
  const seed = Math.floor(dice.random() * 1e9);
  const results = kinds.map((kind) =>
    runDrill(path, fault, kind, {
      clients,
      seconds: fault.until + watched,
      seeds: [seed],
      dnsTtl: timings.dnsTtl,
    }),
  );
  return { seconds: Math.max(...results.map(({ lastFailure }) => lastFailure.worst)), path, results };
}

/** Until every checker that looks at a dead target in its own time has taken it out, and the last request has ended. */
function takenOut(
  dice: Dice,
  { intervalSeconds, timeoutSeconds }: { intervalSeconds: number; timeoutSeconds: number },
  failures: number,
): number {
  const checkers = Array.from(
    { length: 12 },
    () => dice.random() * intervalSeconds + (failures - 1) * intervalSeconds + timeoutSeconds,
  );
  return Math.max(...checkers) + dice.upTo("clientTimeout");
}

/** Failures of what tenants come in by. */
export const entryDays: Record<string, GameDay> = {
  "gpu-host": {
    title: "A GPU host hangs",
    play: (_, dice) => ({ seconds: takenOut(dice, hostHealthCheck, hostHealthCheck.failures), checks: {} }),
  },
  "zone-entry": {
    title: "A zone of the service fails: interface, load balancer's node and targets",
    play(world, dice) {
      const home = world.region.region;
      const hit = (region: string, zone: number) => region === home && zone === 0;
      const { seconds, results } = suffer(world, dice, { cutsInterface: hit, stopsTargets: hit, lasts: 600 });
      return { seconds, checks: { "requests failed": results.every(({ failed }) => failed > 0) } };
    },
  },
  region: {
    title: "The whole service of the tenant's own region fails",
    play(world, dice) {
      const home = world.region.region;
      const { seconds, path } = suffer(world, dice, {
        cutsInterface: never,
        stopsTargets: (region) => region === home,
        lasts: 600,
      });
      const during = path.resolve(faultFrom + 300).map(({ region }) => region);
      const after = path.resolve(faultFrom + 600 + watched).map(({ region }) => region);
      return {
        seconds,
        checks: {
          "the name leads to another region": during.length > 0 && !during.includes(home),
          "and back when the region is": after.length > 0 && after.every((region) => region === home),
        },
      };
    },
  },
  "region-public": {
    title: "The same failure for public tenants, behind the accelerator",
    play(_, dice) {
      const out = takenOut(dice, routerHealthCheck, routerHealthCheck.changes);
      return { seconds: out + dice.upTo("accelerator"), checks: {} };
    },
  },
  key: {
    title: "The attested key is disabled: health checks see nothing, a person enables it",
    play(world, dice) {
      const home = world.region.region;
      const lasts = dice.upTo("response") + dice.upTo("keyEnabled");
      const { path, results } = suffer(world, dice, {
        cutsInterface: never,
        stopsTargets: (region) => region === home,
        seenAfter: Infinity,
        lasts,
      });
      const during = path.resolve(faultFrom + lasts / 2).map(({ region }) => region);
      return {
        // What hung when the key came back ends with it.
        seconds: Math.min(lasts, Math.max(...results.map(({ lastFailure }) => lastFailure.worst))),
        checks: {
          "the name stays: this failure is not seen": during.every((region) => region === home),
          "requests are answered when the key is back": path.answers({ region: home, zone: 0 }, 0, faultFrom + lasts),
        },
      };
    },
  },
  "key-service": {
    title: "KMS of a region is down: a person stops its health endpoint, and the names leave",
    play(world, dice) {
      const home = world.region.region;
      const seenAfter = dice.upTo("response");
      const { seconds, path } = suffer(world, dice, {
        cutsInterface: never,
        stopsTargets: (region) => region === home,
        seenAfter,
        lasts: 3600,
      });
      const during = path.resolve(faultFrom + 3000).map(({ region }) => region);
      return { seconds, checks: { "the name leads to another region": !during.includes(home) } };
    },
  },
  "front-door": {
    title: "The accelerator is gone: the global stack makes another",
    play(_, dice) {
      const published = dice.upTo("response") + dice.upTo("frontDoorUp");
      const lastClient = Math.max(
        ...Array.from({ length: clients }, () => dice.upTo("dnsTtl") + dice.upTo("clientTimeout")),
      );
      return { seconds: published + lastClient, checks: {} };
    },
  },
};
