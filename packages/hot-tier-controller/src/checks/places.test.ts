import fc from "fast-check";
import { expect, test } from "vitest";
import { isLoopback, ownZone, pathTo, splitAddress, zoneOfAddress } from "./places.ts";
import { parseStackOutputs } from "./stack-outputs.ts";

const subnets = [
  { zoneId: "use1-az1", cidrBlock: "10.66.0.0/21" },
  { zoneId: "use1-az1", cidrBlock: "10.66.8.0/22" },
  { zoneId: "use1-az2", cidrBlock: "10.66.16.0/21" },
];

test("an address lies in the zone of its subnet, up to the subnet's last one", () => {
  expect(
    ["10.66.0.0", "10.66.7.255", "10.66.11.255", "10.66.12.0", "10.66.16.1", "usw2-node", "::1"].map((address) =>
      zoneOfAddress(address, subnets),
    ),
  ).toEqual(["use1-az1", "use1-az1", "use1-az1", undefined, "use1-az2", undefined, undefined]);
});

test("a machine is in a zone by its own addresses, unless they are in two", () => {
  expect(ownZone(["127.0.0.1", "::1", "10.66.9.4"], subnets)).toBe("use1-az1");
  expect(ownZone(["10.66.9.4", "10.66.16.1"], subnets)).toBeUndefined();
  expect(ownZone(["192.168.0.1"], subnets)).toBeUndefined();
});

test.each([
  ["10.66.0.9", "use1-az1", "use1-az1", "own zone"],
  ["10.66.16.9", "use1-az2", "use1-az1", "another zone"],
  ["10.66.16.9", undefined, "use1-az1", "zone unknown"],
  ["10.66.16.9", "use1-az2", undefined, "zone unknown"],
  ["127.0.0.1", "use1-az2", "use1-az1", "loopback"],
  ["127.77.3.4", "use1-az1", "use1-az1", "loopback"],
  ["localhost", "a", "a", "loopback"],
  ["10.66.8.4", "use1-az1", "use1-az1", "loopback"],
])("%s in %s from %s: %s", (host, zone, from, path) => {
  expect(pathTo(host, zone, from, ["127.0.0.1", "10.66.8.4"])).toBe(path);
});

test("all of 127.0.0.0/8 is loopback and no other address is", () => {
  const octet = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(octet, octet, octet, octet, (...octets) => {
      expect(isLoopback(octets.join("."))).toBe(octets[0] === 127);
    }),
  );
});

test("an address is a host and a port", () => {
  expect([splitAddress("10.0.0.1:6379"), splitAddress("name.internal:1"), splitAddress("[::1]:65535")]).toEqual([
    { host: "10.0.0.1", port: 6379 },
    { host: "name.internal", port: 1 },
    { host: "::1", port: 65_535 },
  ]);
  for (const wrong of ["10.0.0.1", ":6379", "a:0", "a:65536", "a:b", ""]) {
    expect(() => splitAddress(wrong), wrong).toThrow("has to be host:port");
  }
});

test("a stack's outputs give subnets and endpoints; those of another stack are refused", () => {
  const outputs = {
    region: "us-east-1",
    plan: { subnets: [{ tier: "data", zoneId: "use1-az1", cidrBlock: "10.66.8.0/22" }] },
    nlbDnsName: "gpu.elb.us-east-1.amazonaws.com",
    hotTierEndpoint: "",
  };
  expect(parseStackOutputs(JSON.stringify(outputs), "us-east-1")).toEqual({
    region: "us-east-1",
    subnets: [{ zoneId: "use1-az1", cidrBlock: "10.66.8.0/22" }],
    nlbDnsName: "gpu.elb.us-east-1.amazonaws.com",
  });
  expect(() => parseStackOutputs(JSON.stringify(outputs), "us-west-2")).toThrow(
    "The stack's outputs are those of us-east-1, but --region says us-west-2.",
  );
  expect(() => parseStackOutputs("{}", undefined)).toThrow("they are not those of a region's stack");
  expect(() => parseStackOutputs("no stack named us-east-1", undefined)).toThrow("have to be JSON");
});
