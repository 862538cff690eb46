import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CrossRegionPath, Routing } from "./args.ts";
import { shadows } from "./dns-plan.ts";
import { tenantEndpointPlan, type TenantEndpointInputs } from "./tenant-endpoint-plan.ts";

const east1 = { region: "us-east-1", zoneIds: ["use1-az6", "use1-az1", "use1-az2", "use1-az4"] };
const east2 = { region: "us-east-2", zoneIds: ["use2-az1", "use2-az2", "use2-az3"] };
const regions = ["us-east-1", "us-east-2", "us-west-2"];
const services = [
  { serviceRegion: "us-east-1", zoneIds: ["use1-az1", "use1-az2", "use1-az4"], endpointRegions: regions },
  { serviceRegion: "us-east-2", zoneIds: ["use2-az1", "use2-az2", "use2-az3"], endpointRegions: regions },
  { serviceRegion: "us-west-2", zoneIds: ["usw2-az1", "usw2-az2", "usw2-az3"], endpointRegions: regions },
];
const plan = (inputs: Partial<TenantEndpointInputs>) => tenantEndpointPlan({ vpcs: [east1], services, ...inputs });
const refusal = (inputs: Partial<TenantEndpointInputs>) => {
  try {
    plan(inputs);
    return "accepted";
  } catch (error) {
    return (error as Error).message;
  }
};

describe("endpoints", () => {
  test("lie in the zones that network and service have in common, by ID", () => {
    expect(plan({ services: services.slice(0, 1) }).endpoints).toEqual([
      { key: "us-east-1", vpcRegion: "us-east-1", serviceRegion: "us-east-1", subnetIndexes: [1, 2, 3] },
    ]);
  });

  test("reach other regions where their service admits this one, from every subnet", () => {
    const { endpoints, vpcs } = plan({});
    expect(endpoints.map(({ key, subnetIndexes }) => [key, subnetIndexes])).toEqual([
      ["us-east-1", [1, 2, 3]],
      ["us-east-1-to-us-east-2", [0, 1, 2, 3]],
      ["us-east-1-to-us-west-2", [0, 1, 2, 3]],
    ]);
    expect(vpcs[0]?.targets.map(({ serviceRegion }) => serviceRegion)).toEqual(regions);
  });

  test("over transit gateways each network has its own region's endpoint and uses the others'", () => {
    const vpcs = [east1, east2].map((vpc) => ({ ...vpc, privateRouteTableIds: ["rtb-1"] }));
    const { endpoints, vpcs: planned, peerings } = plan({ vpcs, crossRegion: CrossRegionPath.TransitGateway });
    expect(endpoints.map(({ key }) => key)).toEqual(["us-east-1", "us-east-2"]);
    expect(planned[1]?.targets).toEqual([
      { serviceRegion: "us-east-2", endpointKey: "us-east-2", overTransitGateway: false },
      { serviceRegion: "us-east-1", endpointKey: "us-east-1", overTransitGateway: true },
    ]);
    expect(peerings).toEqual([["us-east-1", "us-east-2"]]);
  });

  test("adding a service or a network moves no endpoint that is there", () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([0, 1, 2], { minLength: 1 }),
        fc.shuffledSubarray([0, 1], { minLength: 1 }),
        (some, nets) => {
          const vpcs = nets.map((index) => [east1, east2][index]!);
          const few = plan({ vpcs, services: some.map((index) => services[index]!) });
          const all = new Map(plan({ vpcs: [east2, east1] }).endpoints.map((endpoint) => [endpoint.key, endpoint]));
          for (const endpoint of few.endpoints) {
            expect(all.get(endpoint.key)).toEqual(endpoint);
          }
        },
      ),
    );
  });
});

describe("one name", () => {
  test("three regions are a chain of failovers, own region first", () => {
    const zone = plan({ vpcs: [east2], dnsName: "inference.acme.internal" }).vpcs[0]?.zone;
    const shown = zone?.records.map(({ name, routing, target, chainName }) => [
      name,
      routing.kind,
      target?.serviceRegion ?? chainName,
    ]);
    expect(shown).toEqual([
      ["inference.acme.internal", "primary", "us-east-2"],
      ["inference.acme.internal", "secondary", "backup-1.inference.acme.internal"],
      ["backup-1.inference.acme.internal", "primary", "us-east-1"],
      ["backup-1.inference.acme.internal", "secondary", "us-west-2"],
    ]);
  });

  test("by latency, every region has a record of its own", () => {
    const zone = plan({ dnsName: "inference.acme.internal", routing: Routing.Latency }).vpcs[0]?.zone;
    expect(zone?.records.map(({ routing }) => routing)).toEqual(
      regions.map((region) => ({ kind: "latency", setIdentifier: region, region })),
    );
  });

  test("whatever is healthy, the chain ends at the first healthy region in order", () => {
    fc.assert(
      fc.property(fc.subarray(regions, { minLength: 1 }), (healthy) => {
        const zone = plan({ dnsName: "n.internal" }).vpcs[0]?.zone;
        const resolve = (name: string): string | undefined => {
          for (const kind of ["primary", "secondary", "simple"]) {
            const record = zone?.records.find((entry) => entry.name === name && entry.routing.kind === kind);
            if (record?.chainName !== undefined) {
              return resolve(record.chainName);
            }
            if (record?.target !== undefined && healthy.includes(record.target.serviceRegion)) {
              return record.target.serviceRegion;
            }
          }
          return undefined;
        };
        expect(resolve("n.internal")).toBe(regions.find((region) => healthy.includes(region)));
      }),
    );
  });
});

describe("what would defeat failover is refused", () => {
  const named = (privateDnsNames: string[]) =>
    services.map((service, index) => ({ ...service, privateDnsName: privateDnsNames[index] }));

  test("an endpoint's private DNS in the record's place", () => {
    const own = named(["inference.acme.internal"]);
    expect(refusal({ services: own, dnsName: "inference.acme.internal", privateDns: true })).toMatch(
      /^dnsName: The endpoint us-east-1 brings a private zone inference\.acme\.internal/,
    );
    // The same layout without the endpoints' private DNS, and with names of their own, is fine.
    expect(refusal({ services: own, dnsName: "inference.acme.internal" })).toBe("accepted");
    const each = named(regions.map((region) => `${region}.inference.example.com`));
    expect(refusal({ services: each, dnsName: "inference.acme.internal", privateDns: true })).toBe("accepted");
  });

  test("the name in a chain, below a wildcard", () => {
    const wildcard = named(["*.backup-1.n.internal"]);
    expect(refusal({ services: wildcard, dnsName: "n.internal", privateDns: true })).toContain("backup-1.n.internal");
  });

  test("one private name on two endpoints of a network", () => {
    const same = named(regions.map(() => "inference.example.com"));
    expect(refusal({ services: same, dnsName: "n.internal", privateDns: true })).toContain(
      "privateDns: The endpoints us-east-1 and us-east-1-to-us-east-2",
    );
  });

  test("routing with one region only, or with endpoints that the network does not reach", () => {
    const closed = services.map(({ serviceRegion, zoneIds }) => ({ serviceRegion, zoneIds }));
    expect(refusal({ services: closed, dnsName: "n.internal", routing: Routing.Failover })).toMatch(
      /^routing: From us-east-1/,
    );
    const vpcs = [east1, east2];
    expect(refusal({ vpcs, services: closed, dnsName: "n.internal", routing: Routing.Failover })).toContain("routing");
  });

  test("fewer zones than wanted, and a region that nothing serves", () => {
    const two = { ...east1, zoneIds: ["use1-az1", "use1-az2", "use1-az5"] };
    expect(refusal({ vpcs: [two] })).toContain("vpcs[0].zoneIds: The endpoint would lie in 2 zones and 3 are wanted");
    expect(refusal({ vpcs: [two], minimumZones: 2 })).toBe("accepted");
    const far = { region: "eu-west-1", zoneIds: ["euw1-az1", "euw1-az2", "euw1-az3"] };
    expect(refusal({ vpcs: [far] })).toContain("No service is reached from eu-west-1");
  });

  test("two networks in a region, a probe interval that no alarm has, a gateway without route tables", () => {
    expect(refusal({ vpcs: [east1, east1] })).toContain("vpcs[1].region");
    expect(refusal({ probeIntervalSeconds: 5 })).toContain("probeIntervalSeconds");
    expect(refusal({ crossRegion: CrossRegionPath.TransitGateway })).toContain("vpcs[0].privateRouteTableIds");
  });
});

test("shadowing follows Route 53's longest match", () => {
  const table: [string, string, string, boolean][] = [
    ["a.example", "a.example", "a.example", true],
    ["a.example", "x.a.example", "example", true],
    ["*.a.example", "x.a.example", "example", true],
    // The record's own zone is the longer one.
    ["example", "a.example", "a.example", false],
    ["b.example", "a.example", "example", false],
    ["a.example", "aa.example", "example", false],
  ];
  for (const [privateName, record, zone, expected] of table) {
    expect(shadows(privateName, record, zone), `${privateName} ${record} ${zone}`).toBe(expected);
  }
});
