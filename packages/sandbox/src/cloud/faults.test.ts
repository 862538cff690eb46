import { expect, it } from "vitest";
import { faultInjector, faultsFromEnvironment } from "./faults.ts";

it("fails once or always, and only where it is asked to", async () => {
  const inject = faultInjector([
    { match: "Key::a", kind: "failOnce" },
    { match: "Key::b", kind: "fail" },
  ]);
  await expect(inject("urn:Key::a", "Create")).rejects.toThrow("Create of urn:Key::a failed");
  await inject("urn:Key::a", "Create");
  await inject("urn:Key::c", "Create");
  await expect(inject("urn:Key::b", "Create")).rejects.toThrow("urn:Key::b");
  await expect(inject("urn:Key::b", "Create")).rejects.toThrow("urn:Key::b");
});

it("is off unless the environment asks, and refuses what it does not understand", () => {
  expect(faultsFromEnvironment({})).toEqual([]);
  expect(faultsFromEnvironment({ MRGC_SANDBOX_FAULTS: '[{"match":"x","kind":"hang"}]' })).toEqual([
    { match: "x", kind: "hang" },
  ]);
  expect(() => faultsFromEnvironment({ MRGC_SANDBOX_FAULTS: '[{"match":"x","kind":"explode"}]' })).toThrow(
    "MRGC_SANDBOX_FAULTS",
  );
});
