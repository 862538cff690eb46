import { describe, expect, it } from "vitest";
import { instanceType, instanceTypeInZones, instanceTypes, offeredIn } from "./instance-types.ts";

describe("instanceType", () => {
  it("knows what the corrections say of the source documents' machines", () => {
    // E23: 128 GiB, 6.25 Gbit/s baseline, EBS 5 Gbit/s, 625 MB/s, 20,000 IOPS, 1.008 USD on-demand.
    expect(instanceType("r6i.4xlarge")).toMatchObject({
      memoryMib: 131_072,
      networkBaselineGbps: 6.25,
      networkPeakGbps: 12.5,
      ebsBaselineMbps: 5000,
      ebsBaselineMBps: 625,
      ebsBaselineIops: 20_000,
      enaExpress: false,
      onDemandUsdPerHourUsEast1: 1.008,
    });
    // E21, E24: 4 interfaces with 15 addresses, 3.125 Gbit/s baseline.
    expect(instanceType("c6i.2xlarge")).toMatchObject({ enis: 4, ipv4PerEni: 15, networkBaselineGbps: 3.125 });
    // E14, E16: enclaves and NitroTPM, no EFA below 8xlarge.
    expect(instanceType("g6e.2xlarge")).toMatchObject({ nitroEnclaves: true, nitroTpm: true, efaInterfaces: 0 });
    expect(["8xlarge", "24xlarge", "48xlarge"].map((size) => instanceType(`g6e.${size}`).efaInterfaces)).toEqual([
      1, 2, 4,
    ]);
  });

  it("offers the nearest names for one it does not know", () => {
    expect(() => instanceType("g6e.2xlarg", "gpu.instanceType")).toThrow(
      /^gpu\.instanceType: is not one of the 256 instance types .*Did you mean g6e\.2xlarge/,
    );
    expect(() => instanceType("r6i.4xlrge")).toThrow(/r6i\.4xlarge/);
  });

  it("lists every type once", () => {
    const names = instanceTypes().map((entry) => entry.type);
    expect(new Set(names).size).toBe(256);
  });
});

describe("instanceTypeInZones", () => {
  it("says where g6e.2xlarge is offered (E6)", () => {
    const g6e = instanceType("g6e.2xlarge");
    const zones = ["use1-az1", "use1-az2", "use1-az3", "use1-az4", "use1-az5", "use1-az6"];
    expect(zones.filter((zone) => offeredIn(g6e, "us-east-1", zone))).toEqual([
      "use1-az1",
      "use1-az2",
      "use1-az4",
      "use1-az6",
    ]);
  });

  it("refuses zones that lack the type, with those that have it", () => {
    expect(() => instanceTypeInZones("g6e.2xlarge", "us-east-1", ["use1-az1", "use1-az3", "use1-az5"])).toThrow(
      /is not offered in use1-az3, use1-az5 .*offered in use1-az1, use1-az2, use1-az4, use1-az6/,
    );
    expect(() => instanceTypeInZones("g6e.2xlarge", "eu-west-9", ["euw9-az1"])).toThrow(/not offered in eu-west-9/);
    expect(instanceTypeInZones("g6e.2xlarge", "us-west-2", ["usw2-az1", "usw2-az4"]).vcpu).toBe(8);
  });
});
