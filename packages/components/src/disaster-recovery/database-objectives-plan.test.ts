import { describe, expect, it } from "vitest";
import { Failure } from "./args.ts";
import { secondsOf } from "./fixtures.ts";

describe("the database's objectives", () => {
  it("follow its availability", () => {
    expect(secondsOf(Failure.Database, "metadata: the writer")).toMatchObject({ rto: 120, rpo: 0 });
    const cluster = { metadata: { availability: "cluster" as const } };
    expect(secondsOf(Failure.Database, "metadata: the writer", cluster)).toMatchObject({ rto: 35, rpo: 0 });
  });

  it("restore by snapshot, log and one reading of the whole storage", () => {
    // 500 GiB are 536,871 MB: 1,074 s at 500 MB/s.
    const part = "metadata: to a second before";
    expect(secondsOf(Failure.Data, part)).toMatchObject({ rto: 300 + 1800 + 3600 + 1074, rpo: 300 });
    // 200 GiB lie on one volume of 125 MB/s: 214,748 / 125.
    expect(secondsOf(Failure.Data, part, { metadata: { storageGib: 200 } }).rto).toBe(300 + 1800 + 3600 + 1718);
  });

  it("survive the region as far as copies are in another one", () => {
    const part = "metadata: this region's";
    expect(secondsOf(Failure.Region, part)).toMatchObject({ rto: 6774, rpo: 1800 });
    const running = {
      metadata: { disasterRecovery: { region: "us-east-2", subnetIds: ["subnet-1"], vpcId: "vpc-1" } },
    };
    // The alarm fires above 30 s of lag, five minutes in a row.
    expect(secondsOf(Failure.Region, part, running)).toMatchObject({ rto: 300 + 600, rpo: 30 + 300 });
    expect(secondsOf(Failure.Region, part, { metadata: {} }).missing).toContain("set disasterRecovery");
    const cluster = { metadata: { availability: "cluster" as const, disasterRecovery: { region: "us-east-2" } } };
    expect(secondsOf(Failure.Region, part, cluster).missing).toContain("Multi-AZ cluster");
  });
});
