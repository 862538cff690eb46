import { afterEach, expect, test } from "vitest";
import { sandboxed, type SandboxedProgram } from "./sandboxed.ts";

let program: SandboxedProgram | undefined;

afterEach(() => program?.remove());

test("a tenant's program of its own: two regions up, unchanged the second time, and down again", async () => {
  program = await sandboxed("examples/tenant-endpoint", "production");
  const up = await program.run("up");
  expect(up.outputs).toMatchObject({ url: "https://inference.acme.internal" });
  expect(Object.keys(up.outputs.endpoints as object).sort()).toEqual([
    "us-east-1",
    "us-east-1-to-us-west-2",
    "us-west-2",
    "us-west-2-to-us-east-1",
  ]);
  const again = await program.run("up");
  expect(again.steps).toEqual([]);
  const down = await program.run("destroy");
  expect(down.counts.delete).toBe(up.counts.create);
});

test("a registry's tenant comes and goes alone, and goes in the order that rejects it first", async () => {
  program = await sandboxed("test/programs/registry", "test");
  await program.run("up", { TENANTS: "acme,globex" });
  const reordered = await program.run("up", { TENANTS: "globex,acme" });
  expect(reordered.steps).toEqual([]);
  const added = await program.run("up", { TENANTS: "globex,initech,acme" });
  expect(added.steps.filter(({ name }) => !name.startsWith("inference-tenant-initech-"))).toEqual([]);
  expect(added.steps.every(({ kind }) => kind === "create")).toBe(true);
  const removed = await program.run("up", { TENANTS: "initech,acme" });
  expect(removed.steps.filter(({ name }) => !name.startsWith("inference-tenant-globex-"))).toEqual([]);
  const order = removed.steps.map(({ name }) => name.replace("inference-tenant-globex-", ""));
  expect(order.filter((name) => ["admission", "registration", "account"].includes(name))).toEqual([
    "admission",
    "registration",
    "account",
  ]);
});
