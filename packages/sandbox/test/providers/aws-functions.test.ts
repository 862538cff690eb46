import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startProviders, type RunningProviders } from "../../src/providers/index.ts";
import { ProviderClient } from "./client.ts";

let cloudDir: string;
let providers: RunningProviders;
let aws: ProviderClient;

beforeAll(async () => {
  cloudDir = mkdtempSync(join(tmpdir(), "mrgc-cloud-"));
  providers = await startProviders({ cloudDir, names: ["aws"] });
  aws = new ProviderClient(providers.ports.aws);
  await aws.configure({ region: "us-east-2" });
});

afterAll(async () => {
  aws.close();
  await providers.stop();
  rmSync(cloudDir, { recursive: true });
});

describe("functions", () => {
  it("answers per region, with zone IDs", async () => {
    const zones = await aws.invoke("aws:index/getAvailabilityZones:getAvailabilityZones", {
      filters: [{ name: "zone-id", values: ["use2-az2"] }],
    });
    expect(zones).toMatchObject({ names: ["us-east-2b"], zoneIds: ["use2-az2"] });
    expect((await aws.invoke("aws:index/getRegion:getRegion", { region: "us-west-2" })).region).toBe("us-west-2");
  });

  it("renders a policy document as the provider does", async () => {
    const { json } = await aws.invoke("aws:iam/getPolicyDocument:getPolicyDocument", {
      statements: [
        {
          sid: "Read",
          actions: ["s3:GetObject", "s3:ListBucket"],
          resources: ["*"],
          principals: [{ type: "Service", identifiers: ["ec2.amazonaws.com"] }],
        },
      ],
    });
    expect(json).toBe(`{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Read",
      "Effect": "Allow",
      "Principal": {
        "Service": "ec2.amazonaws.com"
      },
      "Action": [
        "s3:ListBucket",
        "s3:GetObject"
      ],
      "Resource": "*"
    }
  ]
}`);
  });

  it("refuses a function by name: one that does not exist, and one that it does not play", async () => {
    await expect(aws.invoke("aws:ec2/getNothing:getNothing")).rejects.toThrow("aws:ec2/getNothing:getNothing");
    await expect(aws.invoke("aws:lex/getBot:getBot", { name: "x" })).rejects.toThrow(
      "does not answer the function aws:lex/getBot:getBot",
    );
    await expect(aws.invoke("aws:ssm/getParameter:getParameter", {})).rejects.toThrow("name: is required");
  });

  it("knows the default quotas of the corrections", async () => {
    const quota = await aws.invoke("aws:servicequotas/getServiceQuota:getServiceQuota", {
      serviceCode: "ec2",
      quotaCode: "L-0263D0A3",
    });
    expect(quota).toMatchObject({ value: 5, quotaName: "EC2-VPC Elastic IPs" });
  });
});
