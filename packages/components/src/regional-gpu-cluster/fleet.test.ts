import { describe, expect, it } from "vitest";
import { evaluate } from "../testing/iam-evaluator.ts";
import { withoutItsSize } from "./router.ts";
import { day, group, inputs, reservation, run, type Run, template } from "./recordings.ts";

const groupType = "aws:autoscaling/group:Group";
const groupOf = (of: Run, key = "use1-az1-on-demand") => of.find(`use1-gpu-${key}`, groupType);

describe("a group of GPU hosts", () => {
  it("names its image, because Auto Scaling rolls nothing back and skips nothing where a template names a parameter", async () => {
    const of = await run();
    expect(template(of).imageId).toBe(
      "value of /aws/service/ecs/optimized-ami/amazon-linux-2023/gpu/recommended/image_id",
    );
    expect(group(of).instanceRefresh.preferences).toMatchObject({ autoRollback: true, skipMatching: true });
  });

  it("has its hooks from the first host on, and takes changes of them without a replacement", async () => {
    const of = await run();
    const named = ["mrgc-ready", "mrgc-drain"].map((hook) => of.find(`use1-gpu-use1-az1-on-demand-${hook}`));
    expect(groupOf(of).ignoreChanges).toContain("initialLifecycleHooks");
    expect(named.map(({ inputs: hook }) => hook)).toMatchObject(groupOf(of).inputs.initialLifecycleHooks);
    expect(named.map(({ inputs: hook }) => hook.autoscalingGroupName as string)).toEqual(
      named.map(() => "use1-gpu-use1-az1-on-demand"),
    );
    // At `destroy` a hook that went before its group would leave nothing for its hosts to drain by.
    expect(named.every(({ retainOnDelete }) => retainOnDelete)).toBe(true);
  });

  it("starts after its hosts' rights, and ends before them: they end their own lifecycle", async () => {
    const of = await run();
    expect(groupOf(of).dependencies).toContain(of.find("use1-gpu-role-policy").urn);
  });

  it("may take as long to end as its hosts take to drain", async () => {
    expect(groupOf(await run()).deleteTimeout).toBe("20m");
    expect(groupOf(await run({ drainSeconds: 7200 })).deleteTimeout).toBe("135m");
  });

  it("leaves the minimum to schedules where there are any, and else follows the argument", async () => {
    const of = await run({ schedules: [day], reservations: [reservation], minPerZone: 2 });
    expect(groupOf(of).ignoreChanges).toContain("minSize");
    expect(groupOf(of, "use1-az1-reserved").ignoreChanges).not.toContain("minSize");
    expect(groupOf(await run()).ignoreChanges).not.toContain("minSize");
  });

  it("can be deleted with hosts that nobody took out of Cloud Map", async () => {
    expect(inputs(await run(), "use1-names-gpu-use1-az1-0").forceDestroy).toBe(true);
  });
});

describe("names that hosts are found by", () => {
  const names = async (onDemandMaxPerZone: number) =>
    (await run({ onDemandMaxPerZone }))
      .ofType("aws:servicediscovery/service:Service")
      .filter(({ name }) => name.startsWith("use1-names-gpu-use1-az1-")).length;

  it("have room for the one host more of every ten that a refresh starts", async () => {
    expect([await names(4), await names(7), await names(8), await names(14), await names(15)]).toEqual([1, 1, 2, 2, 3]);
  });
});

it("refuses tags that no host could have in its metadata: EC2 would start none", async () => {
  await expect(run({ tags: { "cost/center": "42", "Cost Center": "42", ".": "" } })).rejects.toThrow(
    /tags\.cost\/center: .*\n.*tags\.Cost Center: .*\n.*tags\.\.: /,
  );
  await run({ tags: { "team:cost-center_1": "42" } });
});

it("leaves the number of a zone's routers to what scales them", () => {
  const of = (type: string) =>
    withoutItsSize({
      type,
      name: "use1-router",
      custom: true,
      props: { desiredCount: 1 },
      opts: { ignoreChanges: ["tags"] },
    });
  expect(of("aws:ecs/service:Service")?.opts).toMatchObject({ ignoreChanges: ["tags", "desiredCount"] });
  expect(of("aws:ecs/taskDefinition:TaskDefinition")).toBeUndefined();
});

it("lets the registrar speak of its services by Cloud Map's condition key, because those calls have no resources", async () => {
  const of = await run();
  const policies = [inputs(of, "use1-gpu-registrar-rights").policy as string];
  const may = (action: string, service: string) =>
    evaluate(policies, {
      principal: "arn:aws:iam::123456789012:role/use1-gpu-registrar-role",
      action: `servicediscovery:${action}`,
      // What IAM judges an action without resource types by.
      resource: "*",
      context: { "servicediscovery:ServiceArn": `arn:aws:mock:us-east-1:123456789012:${service}` },
    });
  for (const action of ["ListInstances", "RegisterInstance", "DeregisterInstance"]) {
    expect(may(action, "use1-names-gpu-use1-az1-0"), action).toBe("allowed");
    expect(may(action, "use1-names-router-use1-az1"), action).toBe("denied by default");
  }
});
