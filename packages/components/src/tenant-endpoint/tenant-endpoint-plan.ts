import { refuseAll, type Problem } from "../shared/refusal.ts";
import { CrossRegionPath, Routing } from "./args.ts";
import { dnsPlan, type PlannedZone } from "./dns-plan.ts";

/** Seconds after which an interface endpoint forgets an idle connection: keepalives have to be more frequent (E8). */
export const endpointIdleTimeoutSeconds = 350;

/** Seconds between two looks at an endpoint, unless said. */
export const defaultProbeIntervalSeconds = 10;

/** The plain part of a `TenantVpc`. */
export interface VpcInputs {
  readonly region: string;
  readonly zoneIds: readonly string[];
  readonly privateRouteTableIds?: readonly unknown[];
}

/** The plain part of a `TenantService`. */
export interface ServiceInputs {
  readonly serviceRegion: string;
  readonly zoneIds: readonly string[];
  readonly endpointRegions?: readonly string[];
  readonly privateDnsName?: string;
}

/** The plain part of `TenantEndpointArgs`. */
export interface TenantEndpointInputs {
  readonly vpcs: readonly VpcInputs[];
  readonly services: readonly ServiceInputs[];
  readonly dnsName?: string;
  readonly routing?: Routing;
  readonly crossRegion?: CrossRegionPath;
  readonly privateDns?: boolean;
  readonly minimumZones?: number;
  readonly ports?: readonly number[];
  readonly healthPort?: number;
  readonly healthPath?: string;
  readonly probeIntervalSeconds?: number;
}

/** One interface endpoint. */
export interface PlannedEndpoint {
  /** Part of logical names: region of the network, and of the service where it is another one. */
  readonly key: string;
  readonly vpcRegion: string;
  readonly serviceRegion: string;
  /** Which of the network's subnets get an interface. */
  readonly subnetIndexes: number[];
  readonly privateDnsName?: string;
}

/** A service as one network reaches it. */
export interface PlannedTarget {
  readonly serviceRegion: string;
  /** The endpoint that carries it, in this network or, over transit gateways, in another. */
  readonly endpointKey: string;
  readonly overTransitGateway: boolean;
}

/** One network with the services that it reaches, best first. */
export interface PlannedVpc {
  readonly region: string;
  readonly targets: PlannedTarget[];
  /** The private zone, where one name for all regions is wanted. */
  readonly zone?: PlannedZone;
}

/** What `TenantEndpoint` creates. */
export interface TenantEndpointPlan {
  readonly endpoints: PlannedEndpoint[];
  readonly vpcs: PlannedVpc[];
  /** Pairs of regions whose transit gateways are peered. */
  readonly peerings: [string, string][];
  readonly ports: number[];
  readonly healthPort: number;
  readonly healthPath: string;
  readonly probeIntervalSeconds: number;
}

/** Times between two looks that divide the minute an endpoint is judged by. */
const probeIntervals = [10, 30, 60];

/** @throws PlanRefusedError naming each argument that cannot work */
export function tenantEndpointPlan(inputs: TenantEndpointInputs): TenantEndpointPlan {
  refuseAll(argumentProblems(inputs));
  const path = inputs.crossRegion ?? CrossRegionPath.PrivateLink;
  const endpoints = inputs.vpcs.flatMap((vpc) =>
    ordered(inputs.services, vpc.region)
      .filter(
        (service) =>
          service.serviceRegion === vpc.region || (path === CrossRegionPath.PrivateLink && admits(service, vpc)),
      )
      .map((service) => plannedEndpoint(vpc, service, inputs.privateDns ?? false)),
  );
  const targetsOf = (vpc: VpcInputs): PlannedTarget[] =>
    ordered(inputs.services, vpc.region).flatMap(({ serviceRegion }) => {
      const own = endpoints.find(
        (endpoint) => endpoint.vpcRegion === vpc.region && endpoint.serviceRegion === serviceRegion,
      );
      const there = endpoints.find(
        (endpoint) => endpoint.vpcRegion === serviceRegion && endpoint.serviceRegion === serviceRegion,
      );
      if (own !== undefined) {
        return { serviceRegion, endpointKey: own.key, overTransitGateway: false };
      }
      return path === CrossRegionPath.TransitGateway && there !== undefined
        ? { serviceRegion, endpointKey: there.key, overTransitGateway: true }
        : [];
    });
  const vpcs = inputs.vpcs.map((vpc) => ({ region: vpc.region, targets: targetsOf(vpc) }));
  refuseAll([...zoneProblems(inputs, endpoints), ...reachProblems(inputs, vpcs)]);
  const { dnsName } = inputs;
  const healthPort = inputs.healthPort ?? 8080;
  return {
    endpoints,
    vpcs:
      dnsName === undefined
        ? vpcs
        : vpcs.map((vpc) => ({
            ...vpc,
            zone: dnsPlan(
              dnsName,
              inputs.routing ?? Routing.Failover,
              vpc.targets,
              endpoints.filter(({ vpcRegion }) => vpcRegion === vpc.region),
            ),
          })),
    peerings:
      path === CrossRegionPath.TransitGateway
        ? inputs.vpcs.flatMap((vpc, index) =>
            inputs.vpcs.slice(index + 1).map((other): [string, string] => [vpc.region, other.region]),
          )
        : [],
    ports: [...new Set([...(inputs.ports ?? [443, 8080]), healthPort])],
    healthPort,
    healthPath: inputs.healthPath ?? "/health",
    probeIntervalSeconds: inputs.probeIntervalSeconds ?? defaultProbeIntervalSeconds,
  };
}

/** The network's own region first, the others as given. */
function ordered(services: readonly ServiceInputs[], region: string): ServiceInputs[] {
  const own = services.filter(({ serviceRegion }) => serviceRegion === region);
  return [...own, ...services.filter(({ serviceRegion }) => serviceRegion !== region)];
}

function admits(service: ServiceInputs, vpc: VpcInputs): boolean {
  return (service.endpointRegions ?? [service.serviceRegion]).includes(vpc.region);
}

function plannedEndpoint(vpc: VpcInputs, service: ServiceInputs, privateDns: boolean): PlannedEndpoint {
  const local = service.serviceRegion === vpc.region;
  return {
    key: local ? vpc.region : `${vpc.region}-to-${service.serviceRegion}`,
    vpcRegion: vpc.region,
    serviceRegion: service.serviceRegion,
    // Another region's zones are none of this network's: any subnet will do there.
    subnetIndexes: vpc.zoneIds.flatMap((zone, index) => (!local || service.zoneIds.includes(zone) ? [index] : [])),
    ...(privateDns && service.privateDnsName !== undefined ? { privateDnsName: service.privateDnsName } : {}),
  };
}

function argumentProblems(inputs: TenantEndpointInputs): Problem[] {
  const problems: Problem[] = [];
  const repeated = (path: string, field: string, regions: string[], mend: string): void => {
    regions.forEach((region, index) => {
      if (regions.indexOf(region) !== index) {
        problems.push({
          path: `${path}[${index}].${field}`,
          value: region,
          reason: `${path}[${regions.indexOf(region)}] has this region already.`,
          mend,
        });
      }
    });
  };
  repeated(
    "vpcs",
    "region",
    inputs.vpcs.map(({ region }) => region),
    "Use a TenantEndpoint of its own for a second network in a region.",
  );
  repeated(
    "services",
    "serviceRegion",
    inputs.services.map(({ serviceRegion }) => serviceRegion),
    "List each region's service once.",
  );
  if (inputs.vpcs.length === 0) {
    problems.push({
      path: "vpcs",
      value: [],
      reason: "An endpoint lies in a network.",
      mend: "Pass the network of the applications.",
    });
  }
  if (inputs.services.length === 0) {
    problems.push({
      path: "services",
      value: [],
      reason: "An endpoint leads to a service.",
      mend: "Pass what the provider's onboarding output tells.",
    });
  }
  const interval = inputs.probeIntervalSeconds ?? defaultProbeIntervalSeconds;
  if (!probeIntervals.includes(interval)) {
    problems.push({
      path: "probeIntervalSeconds",
      value: interval,
      reason: `An endpoint is judged by the minute, and looked at every ${probeIntervals.join(", ")} s.`,
      mend: "Choose one of them.",
    });
  }
  if (inputs.crossRegion === CrossRegionPath.TransitGateway) {
    inputs.vpcs.forEach(({ privateRouteTableIds }, index) => {
      if (privateRouteTableIds === undefined || privateRouteTableIds.length === 0) {
        problems.push({
          path: `vpcs[${index}].privateRouteTableIds`,
          value: privateRouteTableIds,
          reason: "Traffic finds a transit gateway by a route in the applications' route tables.",
          mend: "List them.",
        });
      }
    });
  }
  return problems;
}

function zoneProblems(inputs: TenantEndpointInputs, endpoints: PlannedEndpoint[]): Problem[] {
  const fewest = inputs.minimumZones ?? 3;
  return endpoints.flatMap((endpoint) => {
    const index = inputs.vpcs.findIndex(({ region }) => region === endpoint.vpcRegion);
    const service = inputs.services.find(({ serviceRegion }) => serviceRegion === endpoint.serviceRegion);
    return endpoint.subnetIndexes.length >= fewest
      ? []
      : {
          path: `vpcs[${index}].zoneIds`,
          value: inputs.vpcs[index]?.zoneIds,
          reason: `The endpoint would lie in ${endpoint.subnetIndexes.length} zones and ${fewest} are wanted; the service of ${endpoint.serviceRegion} is in ${service?.zoneIds.join(", ")}.`,
          mend: "Add subnets in those zones, or lower minimumZones and live with less.",
        };
  });
}

function reachProblems(inputs: TenantEndpointInputs, vpcs: PlannedVpc[]): Problem[] {
  return vpcs.flatMap((vpc, index) => {
    if (vpc.targets.length === 0) {
      return {
        path: `vpcs[${index}].region`,
        value: vpc.region,
        reason: `No service is reached from ${vpc.region}: ${inputs.services.map(({ serviceRegion, endpointRegions }) => `the one of ${serviceRegion} accepts endpoints in ${(endpointRegions ?? [serviceRegion]).join(", ")}`).join("; ")}.`,
        mend: "Have the provider support this region (supportedRegions), or peer by transit gateway with a network that has an endpoint.",
      };
    }
    return inputs.routing !== undefined && vpc.targets.length < 2
      ? {
          path: "routing",
          value: inputs.routing,
          reason: `From ${vpc.region} only the service of ${vpc.targets[0]?.serviceRegion} is reached, so there is nothing to fail over to: an endpoint in another network is of no use without a path to it.`,
          mend: "Have the provider support this region (supportedRegions), choose the transit gateway path, or leave routing out.",
        }
      : [];
  });
}
