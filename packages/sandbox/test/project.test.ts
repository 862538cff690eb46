/** Project and stack files, secrets as the CLI writes them, and the search for a CLI. */
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { stackWaves } from "../src/attach/cli-stacks.ts";
import { copyConfig, guardConfigs } from "../src/attach/config-copies.ts";
import { findCli } from "../src/attach/find-cli.ts";
import { stackToMake } from "../src/commands/exec.ts";
import { Crypter } from "../src/checkpoint/crypter.ts";
import { describeCounts, describeUrn, formatReport, Palette } from "../src/display/format.ts";
import { ReportBuilder } from "../src/display/summary.ts";
import { fitted } from "../src/display/live.ts";
import { parseStackName } from "../src/engine/stack-set.ts";
import { readProject, splitArguments } from "../src/project/project.ts";
import { configuredStacks, readStackConfig } from "../src/project/stack-config.ts";
import { makeWorkspace, type Workspace } from "./support/workspace.ts";

let workspace: Workspace;
const open = (files: Record<string, string>): Workspace => (workspace = makeWorkspace(files));
afterEach(() => {
  delete process.env.PULUMI_CONFIG_PASSPHRASE;
  workspace?.remove();
});

/** Written by Pulumi CLI 3.260 with the passphrase `x`. */
const writtenByCli = `encryptionsalt: v1:alaqmYp+pBE=:v1:MoaPt4uEHhFHnJG1:UDAhd9FwuXPhLsQakU/WYlLLlRFG0g==
config:
  demo:pw:
    secure: v1:3IjhfBsM6/pb7xH8:rIv4NM0QnOaPLgzkYBT1YwpyAq39tr8RISSW
  demo:obj:
    inner:
      secure: v1:iCtwJ8M6ljypcwts:kS4o3E/1/75T+xyrcuEhKNts92Q=
    plain: 5
  aws:region: us-east-1
`;

describe("a stack's config", () => {
  it("decrypts what the CLI encrypted", async () => {
    process.env.PULUMI_CONFIG_PASSPHRASE = "x";
    const { values, secretKeys } = await readStackConfig(
      readProject(open({ "Pulumi.dev.yaml": writtenByCli }).directory),
      "dev",
    );
    expect(values).toEqual({
      "demo:pw": "tëst-value",
      "demo:obj": '{"inner":"deep","plain":5}',
      "aws:region": "us-east-1",
    });
    expect(secretKeys).toEqual(["demo:pw", "demo:obj"]);
  });

  it("says so when the passphrase is another", async () => {
    process.env.PULUMI_CONFIG_PASSPHRASE = "y";
    await expect(
      readStackConfig(readProject(open({ "Pulumi.dev.yaml": writtenByCli }).directory), "dev"),
    ).rejects.toThrow(/wrong passphrase/);
  });

  it("takes defaults of the project, honours stackConfigDir, and keeps namespaces", async () => {
    const project = readProject(
      open({
        "Pulumi.yaml":
          "name: demo\nruntime: nodejs\nstackConfigDir: stacks/config\nconfig:\n  size: { type: integer, default: 3 }\n  aws:region: { value: us-west-2 }\n  flag: true\n",
        "stacks/config/Pulumi.dev.yaml": "config:\n  demo:list: [1, two]\n  size: 4\n",
        "stacks/config/other.yaml": "",
      }).directory,
    );
    expect(configuredStacks(project)).toEqual(["dev"]);
    expect((await readStackConfig(project, "dev")).values).toEqual({
      "demo:list": '[1,"two"]',
      "demo:size": "4",
      "aws:region": "us-west-2",
      "demo:flag": "true",
    });
    expect((await readStackConfig(project, "none")).values["demo:size"]).toBe("3");
  });
});

describe("a project", () => {
  it("runs its main folder or file, with nodeargs", () => {
    const { directory } = open({
      "Pulumi.yaml":
        "name: demo\nmain: src/app.js\nruntime:\n  name: nodejs\n  options: { nodeargs: \"--import 'a b' -x\" }\n",
      "src/app.js": "",
    });
    const project = readProject(join(directory, "src"));
    expect(project).toMatchObject({
      programDirectory: join(directory, "src"),
      entryPoint: "app.js",
      nodeArguments: ["--import", "a b", "-x"],
      typescript: true,
    });
  });

  it("may be in another language where a CLI runs it", () => {
    const { directory } = open({ "Pulumi.yaml": "name: demo\nruntime: yaml\n" });
    expect(() => readProject(directory)).toThrow(/runtime "yaml" needs the Pulumi CLI/);
    expect(readProject(directory, { anyLanguage: true })).toMatchObject({ name: "demo", root: directory });
  });

  it("splits arguments as a shell does", () =>
    expect(splitArguments(`--a "b c" d='e f'`)).toEqual(["--a", "b c", "d=e f"]));
});

describe("secrets", () => {
  it("come back, and keep their ciphertext", async () => {
    const crypter = await Crypter.create("p");
    const sealed = crypter.encrypt("text");
    expect(crypter.encrypt("text")).toBe(sealed);
    expect((await Crypter.open("p", crypter.salt)).decrypt(sealed)).toBe("text");
    await expect(Crypter.open("q", crypter.salt)).rejects.toThrow(/wrong passphrase/);
  });
});

describe("the search for a CLI", () => {
  const script = (path: string, text: string): void => {
    writeFileSync(path, text);
    chmodSync(path, 0o755);
  };

  it("passes over the npm package's downloader, then takes the path, then what was downloaded", () => {
    const { directory } = open({});
    const folder = (...names: string[]): string => {
      const path = join(directory, ...names);
      mkdirSync(path, { recursive: true });
      return path;
    };
    const [npm, real, home] = [folder("node_modules", ".bin"), folder("bin"), folder("home")];
    script(join(npm, "pulumi"), "#!/bin/sh\n");
    const path = [npm, real].join(delimiter);
    expect(findCli({ path, home })).toBeUndefined();
    for (const version of ["3.9.0", "3.10.0"])
      script(join(folder("home", ".pulumi", "versions", version, "bin"), "pulumi"), "\u007fELF");
    expect(findCli({ path, home })).toBe(join(home, ".pulumi", "versions", "3.10.0", "bin", "pulumi"));
    script(join(real, "pulumi"), "\u007fELF");
    expect(findCli({ path, home })).toBe(join(real, "pulumi"));
    // A link into a package is the downloader as well.
    const linked = folder("linked");
    script(join(folder("node_modules", "pulumi"), "cli.js"), "#!/usr/bin/env node\n");
    symlinkSync(join(directory, "node_modules", "pulumi", "cli.js"), join(linked, "pulumi"));
    expect(findCli({ path: linked, home: folder("empty") })).toBeUndefined();
  });

  it("makes the stack that its arguments name, when it is one of the project's", () => {
    const make = (line: string, asked?: string) => stackToMake(line.split(" "), asked, ["east", "west"]);
    expect(make("pulumi up -s east --yes")).toBe("east");
    expect(make("/opt/pulumi preview --json --stack=west")).toBe("west");
    expect(make("pulumi up --target urn:x --stack eats")).toBeUndefined();
    expect(make("pulumi stack init -s east")).toBeUndefined();
    expect(make("make up -s east")).toBeUndefined();
    expect(make("pulumi stack ls", "asked")).toBe("asked");
  });

  it("leaves no salt in the project's files", () => {
    const project = readProject(open({ "Pulumi.a.yaml": "config:\n  demo:x: 1\n" }).directory);
    const restore = guardConfigs(project, ["a", "b"]);
    workspace.write("Pulumi.a.yaml", "config:\n  demo:x: 1\nencryptionsalt: v1:s\n");
    workspace.write("Pulumi.b.yaml", "encryptionsalt: v1:s\n");
    restore();
    expect(configuredStacks(project)).toEqual(["a"]);
    const copy = copyConfig(project, "a", join(workspace.directory, ".sandbox"));
    writeFileSync(copy, `encryptionsalt: v1:kept\nconfig:\n  demo:x: 1\n`);
    workspace.write("Pulumi.a.yaml", "config:\n  demo:x: 2\n");
    expect(readFileSync(copyConfig(project, "a", join(workspace.directory, ".sandbox")), "utf8")).toBe(
      "encryptionsalt: v1:kept\nconfig:\n  demo:x: 2\n",
    );
  });

  it("runs the stacks that read others last", () => {
    const project = readProject(
      open({
        "Pulumi.east.yaml": "config: { demo:z: 1 }",
        "Pulumi.west.yaml": "config: { demo:z: 1 }",
        "Pulumi.all.yaml": "config: { demo:regions: [east, west] }",
      }).directory,
    );
    expect(stackWaves(project, ["all", "east", "west"])).toEqual([["east", "west"], ["all"]]);
  });
});

describe("what is shown", () => {
  it("ends with what the policies found, of a run that they judged", () => {
    const last = (succeeded: boolean, levels: ("mandatory" | "advisory")[], judged = true) => {
      const builder = new ReportBuilder("dev");
      for (const level of levels)
        builder.policyFinding({ pack: "p", policy: "r", urn: "", level, message: "", description: "" });
      const report = { ...builder.finish(succeeded), seconds: 1 };
      return formatReport(report, { preview: true, judged }, new Palette(false)).at(-1);
    };
    expect(last(true, [])).toBe("dev ok: nothing to do, no policy finding (1.0 s)");
    expect(last(true, [], false)).toBe("dev ok: nothing to do (1.0 s)");
    expect(last(true, ["advisory"])).toBe("dev ok: nothing to do, 1 advisory policy finding (1.0 s)");
    expect(last(false, ["advisory", "mandatory", "mandatory"])).toBe(
      "dev failed: nothing to do, 2 mandatory and 1 advisory policy findings (1.0 s)",
    );
    // Nothing was judged to its end: silence says nothing.
    expect(last(false, [])).toBe("dev failed: nothing to do (1.0 s)");
  });

  it("names resources, counts and stacks", () => {
    expect(describeUrn("urn:pulumi:s::p::a:b:C$aws:ec2/vpc:Vpc::main")).toBe("aws:ec2/vpc:Vpc main");
    expect(describeCounts({ same: 2, create: 1 }, false)).toBe("2 unchanged, 1 created");
    expect(describeCounts({ create: 1, replace: 2 }, true)).toBe("1 to create, 2 to replace");
    expect(describeCounts({}, false)).toBe("nothing to do");
    expect(fitted("abcdef", 4)).toBe("abc…");
    expect(parseStackName("org/other/dev", "demo")).toEqual({ project: "other", stack: "dev" });
    expect(() => parseStackName("a//b", "demo")).toThrow(/no name of a stack/);
  });
});
