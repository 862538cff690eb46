import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Signature, signatureKey } from "../engine/values.ts";
import { buildModel } from "./build-model.ts";
import { deployment, exportFile, plainShape, previewDigest, type DeploymentShape } from "./fixtures.ts";
import { Change, isUnsaid, Reach, type DeploymentModel } from "./model.ts";
import { planFacts } from "./plan-facts.ts";
import { escapeHtml, html } from "./render/html.ts";
import { renderPage } from "./render/page.ts";
import { portWords } from "./render/path-map.ts";
import { fromFile, fromPreview, type PreviewDigest } from "./source.ts";

const read = (shape: Partial<DeploymentShape> = {}): DeploymentModel =>
  buildModel(fromFile(exportFile({ ...plainShape, ...shape }), "stack.json"));
const previewed = (digest: PreviewDigest): DeploymentModel =>
  buildModel(fromPreview(digest, "a preview", "preview.json"));

describe("markup", () => {
  it("escapes text and attributes, and keeps what is markup", () => {
    const evil = `</td><script>alert("x")</script>'&`;
    expect(html`<b title="${evil}">${html`<i>${evil}</i>`}</b>`.text).toBe(
      '<b title="&lt;/td&gt;&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39;&amp;"><i>&lt;/td&gt;&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39;&amp;</i></b>',
    );
    expect(escapeHtml("a\u0000\u001bb\n")).toBe("ab\n");
  });
});

describe("a stored state", () => {
  const model = read();

  it("says what is there, and that it says nothing of changes, cost, quotas and findings", () => {
    expect(model).toMatchObject({ project: "shop", stack: "dev", hasChanges: false, regions: ["eu-west-1"] });
    expect(new Set(model.resources.map(({ change }) => change))).toEqual(new Set([Change.Same]));
    expect([model.cost, model.quotas, model.findings].every(isUnsaid)).toBe(true);
  });

  it("reads from routes what is private", () => {
    const [network] = model.networks;
    expect(network).toMatchObject({ internetGateway: true, cidrBlocks: ["10.0.0.0/16"] });
    expect(network!.zones.map(({ id }) => id)).toEqual(["eu-west-1a", "eu-west-1b"]);
    expect(
      network!.zones[1]!.subnets.map(({ tier, cidrBlock, reach, natGateways }) => [
        tier,
        cidrBlock,
        reach,
        natGateways,
      ]),
    ).toEqual([
      ["public", "10.0.4.0/24", Reach.Public, 1],
      ["private", "10.0.5.0/24", Reach.Outbound, 0],
      ["data", "10.0.6.0/24", Reach.Isolated, 0],
    ]);
    expect(model.addresses[0]).toMatchObject({ cidrBlock: "10.0.0.0/24", holds: 251 });
  });

  it("reads from security groups who may speak to whom", () => {
    expect(model.paths).toEqual([
      { from: "outside/any", to: "shop-net/Network LB", ports: ["TCP 443"] },
      { from: "shop-net/Network LB", to: "shop-net/Instances", ports: ["TCP 8443"] },
    ]);
    expect(model.workloads.find(({ label }) => label === "Instances")).toMatchObject({
      detail: "6 x m7g.large",
      public: false,
    });
  });

  it("calls public what faces the internet, and only that", () => {
    const open = read({ open: true });
    expect(open.paths[0]).toMatchObject({ from: "outside/internet" });
    expect(open.workloads.filter((workload) => workload.public && !workload.outside).map(({ label }) => label)).toEqual(
      ["Network LB"],
    );
  });
});

describe("a preview", () => {
  it("draws what has no ID yet by its dependencies, as it draws what is deployed", () => {
    const fresh = previewed(previewDigest({ ...plainShape, known: false }));
    const deployed = read();
    expect(fresh.networks).toEqual(deployed.networks);
    expect(fresh.paths).toEqual(deployed.paths);
    expect(fresh.workloads).toEqual(deployed.workloads);
  });

  it("marks a workload that may be in one of several tiers", () => {
    const digest = previewDigest({ ...plainShape, zones: 1, known: false });
    const step = digest.steps.find(({ urn }) => urn.endsWith("::shop-nodes"))!;
    const data = digest.steps.find(({ urn }) => urn.endsWith("subnet:Subnet::shop-data-0"))!;
    step.newState!.propertyDependencies!.vpcZoneIdentifiers!.push(data.urn);
    const [zone] = previewed(digest).networks[0]!.zones;
    expect(zone!.subnets.map(({ workloads }) => workloads)).toEqual([
      [],
      ["Network LB · shop-net", "? Instances · shop-net"],
      ["? Instances · shop-net"],
    ]);
  });

  it("counts a replacement once, with what makes it necessary", () => {
    const [, , vpc, ...rest] = deployment(plainShape);
    const replacing = ["create-replacement", "replace", "delete-replaced"].map((op) => ({
      op,
      urn: vpc!.urn,
      newState: vpc!,
      replaceReasons: ["cidrBlock"],
      diffReasons: ["tags"],
    }));
    const others = ["update", "delete", "same", "create"].map((op, index) => ({
      op,
      urn: rest[index]!.urn,
      oldState: rest[index]!,
    }));
    const model = previewed({ steps: [...replacing, ...others] });
    expect(model.components.map(({ changes }) => changes)).toEqual([
      { create: 1, update: 1, replace: 1, delete: 1, same: 1 },
    ]);
    expect(model.resources.find(({ urn }) => urn === vpc!.urn)).toMatchObject({
      change: Change.Replace,
      reasons: [
        { property: "cidrBlock", replaces: true },
        { property: "tags", replaces: false },
      ],
    });
  });

  it("says what the file leaves out, and a failure without its stack trace and colours", () => {
    const message =
      "error: it broke\n    at accessEntries (file:///home/me/cluster.ts:74:12)\n\u001b[90mtell somebody\u001b[39m";
    const { notes } = previewed({
      ...previewDigest(plainShape),
      diagnostics: [
        { severity: "error", message },
        { severity: "info", message: "hello" },
      ],
      changeSummary: { same: 7 },
    });
    expect(notes).toEqual([
      "error: it broke\ntell somebody",
      "7 unchanged resources are not in this file: make it with `pulumi preview --json --show-sames`",
    ]);
  });
});

describe("a file that is neither", () => {
  it.each([
    ["{", /stack\.json is not JSON/],
    ["[]", /neither the output of `pulumi preview --json`/],
    ['{"steps":[{"op":"same"}]}', /neither the output/],
    ['{"deployment":{"resources":[]}}', /holds no resources/],
  ])("%s", (text, message) => {
    expect(() => fromFile(text, "stack.json")).toThrow(message);
  });
});

describe("the project's plan", () => {
  const facts = planFacts({
    addresses: {
      free: ["10.0.64.0/18"],
      subnets: [
        {
          tier: "data",
          zoneId: "euw1-az1",
          cidrBlock: "10.0.2.0/24",
          usableAddresses: 251,
          neededAddresses: 40,
          neededFor: "40 nodes",
        },
      ],
    },
    cost: {
      knownUsdPerMonth: 12.5,
      lines: [
        {
          component: "db",
          driver: "storage",
          usdPerMonth: 12.5,
          usdPerUnit: 1,
          unit: "GiB",
          source: "list",
          asOf: "2026",
        },
        { component: "db", driver: "class", note: "no price" },
      ],
      unknown: ["db: class"],
      notCounted: ["tax"],
    },
    costAtMaximum: { knownUsdPerMonth: 50 },
    capacity: {
      needs: [
        { quota: { name: "VPCs", quotaCode: "L-1", defaultValue: 5 }, needed: 6, why: "six", verdict: "exceeds" },
      ],
    },
  });

  it("adds needs, zone IDs, cost and quotas", () => {
    const model = buildModel(fromFile(exportFile(plainShape), "stack.json"), facts);
    expect(model.addresses.find(({ cidrBlock }) => cidrBlock === "10.0.2.0/24")).toMatchObject({
      zone: "euw1-az1",
      needs: 40,
      holds: 251,
    });
    expect(model.cost).toMatchObject({ knownUsdPerMonth: 12.5, maximumUsdPerMonth: 50 });
    expect(model.quotas).toEqual([
      { name: "VPCs", code: "L-1", needed: 6, defaultValue: 5, verdict: "exceeds", why: "six" },
    ]);
    expect(renderPage(model)).toContain("not known");
  });

  it.each([null, "text", [], { cost: 3, capacity: null }])(
    "of a stack that has none (%j) says that it is not known",
    (data) => {
      expect(planFacts(data)).toEqual({ subnets: [], free: [], cost: undefined, quotas: undefined });
    },
  );
});

describe("secrets", () => {
  const secret = "correct-horse-battery";
  const marked = { [signatureKey]: Signature.Secret, plaintext: JSON.stringify({ inner: secret }) };

  it("never reach the page: marked, listed as secret outputs, or repeated in a message", () => {
    const digest = previewDigest(plainShape);
    digest.steps[2]!.newState!.inputs = { cidrBlock: marked, region: marked };
    digest.steps[3]!.newState!.outputs = { token: `${secret}-2` };
    digest.steps[3]!.newState!.additionalSecretOutputs = ["token"];
    digest.diagnostics = [{ severity: "warning", message: `cannot log in with ${secret}` }];
    const findings = [{ level: "mandatory", policy: "p", resource: "r", message: `${secret}-2 is weak` }];
    const page = renderPage(buildModel(fromPreview(digest, "a preview", "x", findings)));
    expect(page).not.toContain(secret);
    expect(page).toContain("cannot log in with [secret]");
    expect(renderPage(read())).not.toContain("hunter2");
  });
});

describe("any deployment", () => {
  const shapes = fc.record({
    zones: fc.integer({ min: 0, max: 6 }),
    known: fc.boolean(),
    open: fc.boolean(),
    alarms: fc.integer({ min: 0, max: 20 }),
    label: fc.oneof(
      fc.constantFrom("shop", `"><script>alert(1)</script>`, "a'b&c", "ünïcode 名前"),
      fc.string({ minLength: 1 }),
    ),
  });

  it("has every resource once in its page, and no markup of its own making", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const model = previewed(previewDigest(shape));
        expect(model.resources.length).toBe(deployment(shape).length - 1);
        expect(model.components.reduce((sum, { resources }) => sum + resources, 0)).toBe(model.resources.length);
        expect(model.networks[0]!.zones.flatMap(({ subnets }) => subnets)).toHaveLength(shape.zones * 3);
        const page = renderPage(model);
        expect(page.match(/<tr data-component=/g)).toHaveLength(model.resources.length);
        expect(page.match(/<script/g)).toHaveLength(1);
      }),
      { numRuns: 60 },
    );
  });
});

it("names a protocol once", () => {
  expect(portWords(["TCP 8443", "TCP 443", "UDP 53"])).toBe("TCP 443, 8443; UDP 53");
  expect(portWords(["all traffic"])).toBe("all traffic");
});
