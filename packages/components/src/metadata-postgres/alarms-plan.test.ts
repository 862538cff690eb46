import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { testNetwork } from "../testing/test-network.ts";
import { databaseAlarms } from "./alarms-plan.ts";
import { postgresPlan } from "./postgres-plan.ts";

describe("the database's alarms", () => {
  it("each have a section in the runbook", () => {
    const page = readFileSync(join(import.meta.dirname, "../../../../docs/runbooks/metadata-postgres.md"), "utf8");
    const headings = page.split("\n").filter((line) => line.startsWith("## "));
    const keys = databaseAlarms(postgresPlan({ network: testNetwork })).map(({ key }) => `## ${key}`);
    expect(keys.length).toBeGreaterThan(5);
    expect(headings).toEqual(expect.arrayContaining(keys));
  });
});
