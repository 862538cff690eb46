import { describe, expect, it } from "vitest";
import type { FrontDoorRecoveryArgs, RecoveryObjective } from "./args.ts";
import { frontDoorRecoveryPlan } from "./front-door-recovery-plan.ts";

function frontDoor(part: string, change: Partial<FrontDoorRecoveryArgs> = {}): RecoveryObjective | undefined {
  return frontDoorRecoveryPlan({ regions: ["us-east-1", "us-east-2"], ...change }).objectives.find(
    (each) => each.part === part,
  );
}

describe("the front door's objectives", () => {
  it("add the load balancer's checks and the accelerator's time", () => {
    expect(frontDoor("public tenants")?.rto?.seconds).toBe(25 + 30 + 5);
    expect(frontDoor("accelerator or its name")?.rto?.seconds).toBe(300 + 600 + 60 + 5);
  });

  it("move a region by as many turns as the dial needs", () => {
    expect(frontDoor("region evacuated")?.rto?.seconds).toBe(4 * 60);
    expect(frontDoor("region returned", { turnPercent: 30, settleSeconds: 20 })?.rto?.seconds).toBe(4 * 20);
    expect(frontDoor("region that answers badly, evacuated")?.rto?.seconds).toBe(300 + 4 * 60);
  });

  it("have nowhere to go with one region", () => {
    const alone = frontDoor("public tenants", { regions: ["us-east-1"] });
    expect([alone?.effect, alone?.rto]).toEqual(["down", undefined]);
    expect(frontDoor("region evacuated", { regions: ["us-east-1"] })).toBeUndefined();
  });

  it("refuse what the command refuses", () => {
    expect(() => frontDoor("public tenants", { turnPercent: 0 })).toThrow(/turnPercent/);
    expect(() => frontDoor("public tenants", { settleSeconds: -1 })).toThrow(/settleSeconds/);
  });
});
