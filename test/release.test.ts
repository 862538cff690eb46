import { execFile, execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { billOfMaterials } from "../scripts/sbom.mjs";
import { pythonTools } from "./support/python-tools.ts";

const root = join(import.meta.dirname, "..");
const workflows = join(root, ".github/workflows");
const published = [
  ["@mrgc/components", "packages/components"],
  ["@mrgc/policy-pack", "policy-pack"],
] as const;

/** Licences under which others may use, change and pass on what we ship, in closed programs too. */
const allowed = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "(BSD-3-Clause AND Apache-2.0)",
  "CC0-1.0",
  "ISC",
  "MIT",
  "Python-2.0",
]);
/** Packages whose manifest says another thing, each with what was read in its licence. */
const readByHand: Record<string, string> = {
  "@logdna/tail-file": "MIT, in its LICENSE",
  "spdx-exceptions": "CC-BY-3.0: a list of names, which @pulumi/pulumi reads",
};

interface Workflow {
  permissions: object;
  jobs: Record<
    string,
    { permissions: Record<string, string>; environment?: string; steps: { run?: string; uses?: string }[] }
  >;
}
const workflow = (name: string): Workflow => parse(readFileSync(join(workflows, name), "utf8")) as Workflow;

interface Bill {
  bomFormat: string;
  components: {
    name: string;
    group?: string;
    "bom-ref": string;
    licenses?: { expression?: string; license?: { id?: string; name?: string } }[];
  }[];
  dependencies: { ref: string; dependsOn?: string[] }[];
}

describe("the workflows", () => {
  it("are what zizmor, at its strictest, finds nothing in", async () => {
    const tools = await pythonTools("release");
    const args = ["--offline", "--no-progress", "--persona=pedantic", join(root, ".github")];
    const { stdout } = await promisify(execFile)(tools.bin("zizmor"), args);
    expect(stdout).toContain("No findings to report");
  });

  it.each(readdirSync(workflows))("%s begins with no rights and pins every action to a commit", (name) => {
    const { permissions, jobs } = workflow(name);
    expect(permissions).toEqual({});
    const used = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []));
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(action))).toEqual([]);
  });

  it("publish only from the job that runs nothing of the repository, with provenance and without a stored token", () => {
    const { jobs } = workflow("release.yml");
    const trusted = Object.entries(jobs).filter(([, { permissions }]) => permissions["id-token"] !== undefined);
    expect(trusted.map(([name]) => name)).toEqual(["publish"]);
    const publish = jobs.publish;
    expect(publish?.environment).toBe("npm");
    expect(publish?.steps.filter(({ uses }) => uses?.startsWith("actions/checkout"))).toEqual([]);
    const scripts = publish?.steps.map(({ run }) => run ?? "").join("\n") ?? "";
    expect(scripts).toContain("npm publish");
    expect(scripts).toContain("--provenance");
    expect(scripts).not.toMatch(/npm (ci|install|test|run)|npx|node /);
    expect(readFileSync(join(workflows, "release.yml"), "utf8")).not.toMatch(/secrets\.|NPM_TOKEN/);
  });
});

const hasJq = spawnSync("jq", ["--version"]).status === 0;

describe.skipIf(!hasJq)("the publishing script (needs Debian's jq)", () => {
  const version = "0.2.0";
  const tarball = "release/mrgc-components-0.2.0.tgz";
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mrgc-release-"));
    mkdirSync(join(folder, "package"));
    mkdirSync(join(folder, "release"));
    mkdirSync(join(folder, "bin"));
    writeFileSync(join(folder, "package/package.json"), JSON.stringify({ name: "@mrgc/components", version }));
    const log = "# @mrgc/components\n\n## 0.2.0\n\n### Minor Changes\n\n- New.\n\n## 0.1.0\n\n- Old.\n";
    writeFileSync(join(folder, "package/CHANGELOG.md"), log);
    execFileSync("tar", ["-czf", tarball, "package"], { cwd: folder });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs it with an npm and a gh that write down how they are called, and know what is published and released already. */
  function publish(known: { published: boolean; released: boolean }): { calls: string[]; notes: string } {
    const program = (name: string, question: string, knows: boolean): void =>
      writeFileSync(
        join(folder, "bin", name),
        `#!/bin/sh\ncase "$*" in ${question}*) exit ${knows ? 0 : 1};; esac\necho "${name} $*" >> calls\n`,
        { mode: 0o755 },
      );
    program("npm", "view", known.published);
    program("gh", '"release view"', known.released);
    const script = workflow("release.yml").jobs.publish?.steps.find(({ run }) => run?.includes("npm publish"))?.run;
    execFileSync("bash", ["-eo", "pipefail", "-c", script ?? "exit 1"], {
      cwd: folder,
      env: { ...process.env, PATH: `${join(folder, "bin")}:${process.env.PATH ?? ""}`, COMMIT: "c0ffee" },
    });
    const read = (file: string) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8") : "");
    return { calls: read("calls").trim().split("\n"), notes: read("notes.md") };
  }
  const publication = `npm publish ${tarball} --provenance --access public`;
  const release =
    "gh release create @mrgc/components@0.2.0 --target c0ffee --title @mrgc/components@0.2.0 --notes-file notes.md " +
    `${tarball} release/mrgc-components-0.2.0.cdx.json`;

  it("publishes a new version, and releases it with its part of the changelog and its bill of materials", () => {
    const { calls, notes } = publish({ published: false, released: false });
    expect(calls).toEqual([publication, release]);
    expect(notes.trim()).toBe("### Minor Changes\n\n- New.");
  });

  it("releases what a run before it published and could not release any more", () => {
    expect(publish({ published: true, released: false }).calls).toEqual([release]);
  });

  it("does nothing a second time", () => {
    expect(publish({ published: true, released: true }).calls).toEqual([""]);
  });
});

describe.each(published)("the bill of materials of %s", (name, folder) => {
  const made = billOfMaterials(name, folder, process.env) as Promise<Bill>;

  it("names every dependency of the manifest, and each reference leads to a component", async () => {
    const bill = await made;
    expect(bill.bomFormat).toBe("CycloneDX");
    const references = new Set(bill.components.map((component) => component["bom-ref"]));
    const { dependencies } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    const names = new Set(bill.components.map(({ group, name }) => (group === undefined ? name : `${group}/${name}`)));
    expect(Object.keys(dependencies).filter((dependency) => !names.has(dependency))).toEqual([]);
    const dangling = bill.dependencies.flatMap(({ dependsOn = [] }) => dependsOn.filter((ref) => !references.has(ref)));
    expect(dangling).toEqual([]);
  });

  it("is what CycloneDX's own schema calls valid", async () => {
    const tools = await pythonTools("release");
    const code =
      "import sys; from cyclonedx.validation.json import JsonStrictValidator; from cyclonedx.schema import SchemaVersion; " +
      "print(JsonStrictValidator(SchemaVersion.V1_6).validate_str(sys.stdin.read()))";
    const bill = await made;
    expect(new Set(bill.components.map((component) => component["bom-ref"])).size).toBe(bill.components.length);
    // One component of each shape: the validator takes half a minute for all of them.
    const shapeOf = (component: object): string =>
      JSON.stringify(component, (key, value: unknown) => (typeof value === "string" && key !== "id" ? "" : value));
    const shapes = new Map(bill.components.map((component) => [shapeOf(component), component]));
    const dependencies = bill.dependencies.slice(0, 20);
    const one = { ...bill, components: [...shapes.values()], dependencies };
    const child = promisify(execFile)(tools.bin("python"), ["-c", code]);
    child.child.stdin?.end(JSON.stringify(one));
    expect((await child).stdout.trim()).toBe("None");
  });

  it("has no licence that asks more than to be named", async () => {
    const { components } = await made;
    const others = components.filter(({ group, name, licenses = [] }) => {
      const said = licenses.map(({ expression, license }) => expression ?? license?.id ?? license?.name ?? "");
      const fine = said.length > 0 && said.every((licence) => allowed.has(licence));
      return !fine && readByHand[group === undefined ? name : `${group}/${name}`] === undefined;
    });
    expect(others.map(({ name, licenses }) => `${name}: ${JSON.stringify(licenses)}`)).toEqual([]);
  });
});
