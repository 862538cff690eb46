import * as mrgc from "@mrgc/components";

/** A provider's program whose registry is the names in `TENANTS`; the test changes it between runs. */
const names = (process.env.TENANTS ?? "").split(",").filter((name) => name !== "");

const service = new mrgc.PrivateLinkService("inference", {
  network: {
    region: "us-east-1",
    zoneIds: ["use1-az1", "use1-az2", "use1-az4"],
    vpcId: "vpc-0123456789abcdef0",
    vpcCidrBlock: "10.66.0.0/18",
    publicSubnetIds: [],
    privateSubnetIds: [],
    dataSubnetIds: [],
  },
  nlbArns: ["arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/mrgc-nlb-use1/0123456789abcdef"],
  privateDnsName: "us-east-1.inference.example.com",
  privateDnsZoneId: "Z0123456789ABCDEFGHIJ",
  tenants: names.map((name) => ({
    name,
    // An account that follows from the name alone.
    accountId: String([...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 1e12).padStart(12, "0"),
    cidrBlocks: ["10.34.0.0/16"],
    regions: ["us-east-1"],
    contact: `net@${name}.example`,
  })),
});

export const onboarding = service.onboarding;
