import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PlanRefusedError } from "../shared/refusal.ts";
import { testNetwork } from "../testing/test-network.ts";
import { Availability, type MetadataPostgresArgs } from "./args.ts";
import { postgresPlan } from "./postgres-plan.ts";

function refusedPaths(args: Partial<MetadataPostgresArgs>): string[] {
  try {
    postgresPlan({ network: testNetwork, ...args });
  } catch (error) {
    expect(error).toBeInstanceOf(PlanRefusedError);
    return (error as PlanRefusedError).problems.map((problem) => problem.path);
  }
  return [];
}

describe("the database's plan", () => {
  it("gives what the source documents ask for, with storage that RDS accepts", () => {
    expect(postgresPlan({ network: testNetwork })).toMatchObject({
      majorVersion: "18",
      instanceClass: "db.r6i.xlarge",
      storage: { storageGib: 500, maxStorageGib: 1000, iops: 12_000, throughputMBps: 500 },
      readReplicas: 1,
      backupRetentionDays: 35,
      replicaMaintenanceWindows: ["mon:09:00-mon:09:45"],
    });
  });

  it("leaves IOPS and throughput to RDS below 400 GiB", () => {
    expect(postgresPlan({ network: testNetwork, storageGib: 399 }).storage).toEqual({
      storageGib: 399,
      maxStorageGib: 798,
    });
  });

  it.each<[string, Partial<MetadataPostgresArgs>, string[]]>([
    ["the documents' 3,000 IOPS on 500 GiB", { iops: 3000 }, ["iops"]],
    ["provisioned IOPS below 400 GiB", { storageGib: 399, iops: 12_000 }, ["iops"]],
    ["more throughput than a quarter of the IOPS", { iops: 12_000, throughputMBps: 3001 }, ["throughputMBps"]],
    ["more than 64,000 IOPS", { iops: 64_001 }, ["iops"]],
    ["storage that cannot grow by a tenth", { maxStorageGib: 549 }, ["maxStorageGib"]],
    ["no backups", { backupRetentionDays: 0 }, ["backupRetentionDays"]],
    ["a version that is not offered", { majorVersion: "13" }, ["majorVersion"]],
    [
      "a cluster on a class without local disks",
      { availability: Availability.Cluster, instanceClass: "db.r6i.xlarge" },
      ["instanceClass"],
    ],
    ["replicas of a cluster", { availability: Availability.Cluster, readReplicas: 1 }, ["readReplicas"]],
    ["blue/green with a replica", { blueGreenUpdates: true }, ["blueGreenUpdates"]],
    [
      "blue/green with a replica in another region",
      {
        blueGreenUpdates: true,
        readReplicas: 0,
        disasterRecovery: { region: "us-east-1", subnetIds: ["s1", "s2"], vpcId: "vpc-2" },
      },
      ["blueGreenUpdates"],
    ],
    ["recovery into its own region", { disasterRecovery: { region: "us-west-2" } }, ["disasterRecovery.region"]],
    [
      "a running replica without a VPC",
      { disasterRecovery: { region: "us-east-1", subnetIds: ["s1", "s2"] } },
      ["disasterRecovery"],
    ],
    ["a role that would be the master", { roles: [{ name: "dbadmin" }] }, ["roles[0].name"]],
    ["SQL in a role's name", { roles: [{ name: "x; DROP TABLE y" }] }, ["roles[0].name"]],
    ["the same role twice", { roles: [{ name: "a" }, { name: "a" }] }, ["roles[1].name"]],
    ["one zone", { network: { ...testNetwork, zoneIds: ["usw2-az1"] } }, ["network.zoneIds"]],
    [
      "everything that is wrong at once",
      { iops: 1, majorVersion: "9", backupRetentionDays: 99 },
      ["iops", "majorVersion", "backupRetentionDays"],
    ],
  ])("refuses %s", (_, args, paths) => {
    expect(refusedPaths(args)).toEqual(paths);
  });

  it.each(["db.r6gd.xlarge", "db.r6id.2xlarge", "db.m5d.large", "db.c6gd.medium"])(
    "takes %s for a cluster",
    (instanceClass) => {
      expect(refusedPaths({ availability: Availability.Cluster, instanceClass })).toEqual([]);
    },
  );

  it("accepts exactly the pairs of IOPS and throughput that RDS accepts", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 2000 }),
        fc.option(fc.integer({ min: 1000, max: 70_000 }), { nil: undefined }),
        fc.option(fc.integer({ min: 50, max: 5000 }), { nil: undefined }),
        (storageGib, iops, throughputMBps) => {
          const accepted = refusedPaths({ storageGib, iops, throughputMBps }).length === 0;
          const valid =
            storageGib < 400
              ? (iops ?? 3000) === 3000 && (throughputMBps ?? 125) === 125
              : (iops ?? 12_000) >= 12_000 &&
                (iops ?? 12_000) <= Math.min(64_000, 500 * storageGib) &&
                (throughputMBps ?? 500) >= 500 &&
                (throughputMBps ?? 500) <= Math.min(4000, (iops ?? 12_000) / 4);
          expect(accepted).toBe(valid);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("never maintains a replica on the primary's day, nor the first six on the same day", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 15 }), (readReplicas) => {
        const plan = postgresPlan({ network: testNetwork, readReplicas });
        const days = plan.replicaMaintenanceWindows.map((window) => window.slice(0, 3));
        expect(days).not.toContain(plan.maintenanceWindow.slice(0, 3));
        expect(new Set(days.slice(0, 6)).size).toBe(Math.min(6, readReplicas));
      }),
    );
  });
});
