/** Reports of what a real CLI wrote. The numbers come from reading the program, `fixtures/real-cli/program/index.ts`. */
import { describe, expect, it } from "vitest";
import { buildModel } from "../src/report/build-model.ts";
import { exportFile, plainShape, previewDigest } from "../src/report/fixtures.ts";
import { Change, Reach, type DeploymentModel } from "../src/report/model.ts";
import { renderPage } from "../src/report/render/page.ts";
import { fromFile } from "../src/report/source.ts";
import { realFile, realSecret } from "./support/real-files.ts";

type Name = Parameters<typeof realFile>[0];
const files: Name[] = ["first-preview", "stack-export", "changing-preview"];
const modelOf = (name: Name): DeploymentModel => buildModel(fromFile(realFile(name), `${name}.json`));

const exported = modelOf("stack-export");
const none = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
const network = { name: "shop-net", type: "shop:index:ShopNetwork" };
const alone = { name: "", type: "" };

describe("a stack export", () => {
  it("is counted by component, without the stack and its provider", () => {
    expect(exported).toMatchObject({ project: "shop", stack: "dev", hasChanges: false, regions: ["eu-west-1"] });
    // The component, VPC, two subnets, gateway, table, route, association; group, rule, instance, secret, version, log group.
    expect(exported.components).toEqual([
      { ...network, resources: 8, changes: { ...none, same: 8 } },
      { ...alone, resources: 6, changes: { ...none, same: 6 } },
    ]);
  });

  it("is drawn: one zone, what reaches the internet, the machine and who may speak to it", () => {
    expect(exported.networks).toMatchObject([{ name: "shop-net", internetGateway: true, cidrBlocks: ["10.9.0.0/16"] }]);
    expect(exported.networks[0]!.zones).toMatchObject([
      {
        id: "euw1-az1",
        subnets: [
          { name: "shop-net-public", cidrBlock: "10.9.0.0/24", reach: Reach.Public, workloads: [] },
          { name: "shop-net-private", cidrBlock: "10.9.1.0/24", reach: Reach.Unknown, workloads: ["Instances"] },
        ],
      },
    ]);
    expect(exported.workloads.find(({ outside }) => !outside)).toMatchObject({ detail: "1 x m7g.large" });
    expect(exported.paths).toEqual([{ from: "outside/vpc", to: "/Instances", ports: ["TCP 443"] }]);
  });
});

describe("a preview of something new", () => {
  const model = modelOf("first-preview");

  it("makes everything, and draws it as it will be deployed", () => {
    expect(model.components).toEqual([
      { ...network, resources: 8, changes: { ...none, create: 8 } },
      { ...alone, resources: 6, changes: { ...none, create: 6 } },
    ]);
    expect(model.paths).toEqual(exported.paths);
    expect(model.workloads).toEqual(exported.workloads);
    // Which zone hides behind a name is known when the subnet is there.
    const [zone] = model.networks[0]!.zones;
    expect(zone).toEqual({ ...exported.networks[0]!.zones[0]!, id: "eu-west-1a" });
  });
});

describe("a preview of a change", () => {
  const model = modelOf("changing-preview");

  it("tells each change with what makes it", () => {
    expect(model.components).toEqual([
      { ...network, resources: 8, changes: { ...none, same: 8 } },
      // The group, its rule and the secret's version stay.
      { ...alone, resources: 7, changes: { create: 1, update: 1, replace: 1, delete: 1, same: 3 } },
    ]);
    const changed = model.resources.filter(({ change }) => change !== Change.Same);
    expect(changed.map(({ change, name, reasons }) => [change, name, reasons])).toEqual([
      [Change.Delete, "shop-log", []],
      [Change.Create, "shop-cpu", []],
      [
        Change.Replace,
        "shop-api",
        [
          {
            property: "ami",
            replaces: true,
            values: { before: "ami-0123456789abcdef0", after: "ami-0fedcba9876543210" },
          },
          { property: "instanceType", replaces: false, values: { before: "m7g.large", after: "m7g.xlarge" } },
        ],
      ],
      [Change.Update, "shop-password", [{ property: "description", replaces: false }]],
    ]);
    expect(model.workloads.find(({ outside }) => !outside)).toMatchObject({ detail: "1 x m7g.xlarge" });
  });

  it("draws what stays with what is known of it, such as the zone's ID", () => {
    expect(model.networks).toEqual(exported.networks);
    expect(model.paths).toEqual(exported.paths);
  });
});

describe("the secret", () => {
  it("stands in the export, hidden in the previews", () => {
    expect(files.map((name) => realFile(name).includes(realSecret))).toEqual([false, true, false]);
    expect(files.map((name) => realFile(name).includes('"[secret]"'))).toEqual([true, false, true]);
  });

  it.each(files)("is on no page: %s", (name) => {
    const page = renderPage(modelOf(name));
    expect(page).toContain("shop-password");
    expect(page).not.toContain(realSecret);
  });
});

/** What is the provider's, not the CLI's. */
const foreign = new Set(["inputs", "outputs", "propertyDependencies"]);

/** Every field with the kind of its value, such as `steps[].newState.urn: string`. */
function fields(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return [`${path}: list`, ...value.flatMap((item) => fields(item, `${path}[]`))];
  if (typeof value !== "object" || value === null) return [`${path}: ${value === null ? "null" : typeof value}`];
  const inner = Object.entries(value).flatMap(([key, item]) =>
    foreign.has(key) ? [`${path}.${key}: ${typeof item}`] : fields(item, `${path}.${key}`),
  );
  return [`${path}: object`, ...inner];
}

const fieldsOf = (...texts: string[]): Set<string> => new Set(texts.flatMap((text) => fields(JSON.parse(text), "")));

describe("the shape", () => {
  const states = fieldsOf(realFile("stack-export"));
  const previews = fieldsOf(realFile("first-preview"), realFile("changing-preview"));
  const missing = (ours: Iterable<string>, real: Set<string>): string[] =>
    [...new Set(ours)].filter((field) => !real.has(field));

  it("of the hand-made deployments is a part of the real one's", () => {
    expect(missing(fieldsOf(exportFile(plainShape)), states)).toEqual([]);
    for (const op of ["create", "same"])
      expect(missing(fieldsOf(JSON.stringify(previewDigest(plainShape, op))), previews)).toEqual([]);
  });

  it("has the fields that the report reads", () => {
    const step = [".op: string", ".urn: string", ".diffReasons: list", ".replaceReasons: list"];
    const state = [
      ".urn: string",
      ".type: string",
      ".custom: boolean",
      ".parent: string",
      ".inputs: object",
      ".dependencies: list",
    ];
    state.push(".propertyDependencies: object", ".additionalSecretOutputs: list");
    const deployed = [...state, ".id: string", ".outputs: object"];
    const read = [
      ...step.map((field) => `.steps[]${field}`),
      ...state.map((field) => `.steps[].newState${field}`),
      ...deployed.map((field) => `.steps[].oldState${field}`),
      ".changeSummary.same: number",
    ];
    expect(missing(read, previews)).toEqual([]);
    expect(
      missing(
        deployed.map((field) => `.deployment.resources[]${field}`),
        states,
      ),
    ).toEqual([]);
  });
});
