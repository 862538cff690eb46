import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { databaseAlarms } from "./alarms-plan.ts";
import { postgresPlan } from "./postgres-plan.ts";

const network = {
  region: "us-west-2",
  zoneIds: ["usw2-az1", "usw2-az2", "usw2-az3"],
  vpcId: "vpc-1",
  vpcCidrBlock: "10.66.128.0/18",
  publicSubnetIds: [],
  privateSubnetIds: [],
  dataSubnetIds: [],
};

describe("the database's alarms", () => {
  it("each have a section in the runbook", () => {
    const page = readFileSync(join(import.meta.dirname, "../../../../docs/runbooks/metadata-postgres.md"), "utf8");
    const headings = page.split("\n").filter((line) => line.startsWith("## "));
    const keys = databaseAlarms(postgresPlan({ network })).map(({ key }) => `## ${key}`);
    expect(keys.length).toBeGreaterThan(5);
    expect(headings).toEqual(expect.arrayContaining(keys));
  });
});
