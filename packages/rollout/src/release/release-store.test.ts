import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type DemoProject, makeDemoProject } from "../../test/support/demo-project.ts";
import { ReleaseStore, type ReleaseStoreOptions } from "./release-store.ts";

let project: DemoProject;
beforeEach(() => {
  project = makeDemoProject();
});
afterEach(() => project.remove());

const notes: string[] = [];
const open = (options: Partial<ReleaseStoreOptions> = {}) =>
  new ReleaseStore({
    projectRoot: project.directory,
    directory: join(project.directory, ".rollout", "releases"),
    note: (text) => notes.push(text),
    ...options,
  });
const secondsIn = (directory: string) =>
  /"(\d+)"/.exec(readFileSync(join(directory, "Pulumi.us-east-1.yaml"), "utf8"))?.[1];

describe("releases", () => {
  test("of a clean working tree, its commit and its branch are one and the same", () => {
    const store = open();
    const head = project.git("rev-parse", "HEAD").trim();
    expect(store.resolve(".")).toEqual({ id: store.resolve("HEAD").id, name: head.slice(0, 10), commit: head });
    expect(store.resolve("HEAD").commit).toBe(head);
  });

  test("of a changed working tree hold what git would commit, and leave git's own index alone", async () => {
    const store = open();
    const before = store.resolve("HEAD");
    project.setTimeouts(60);
    writeFileSync(join(project.directory, "new file"), "new");
    rmSync(join(project.directory, "Pulumi.global.yaml"));
    const status = project.git("status", "--porcelain");
    const changed = store.resolve(".");
    expect(changed.commit).toBeUndefined();
    expect(changed.id).not.toBe(before.id);
    expect(project.git("status", "--porcelain")).toBe(status);
    const directory = await store.projectDirectory(changed);
    expect(secondsIn(directory)).toBe("60");
    expect(readdirSync(directory).sort()).toEqual([
      ".gitignore",
      "Pulumi.us-east-1.yaml",
      "Pulumi.us-east-2.yaml",
      "Pulumi.us-west-2.yaml",
      "Pulumi.yaml",
      "index.js",
      "new file",
      "node_modules",
      "package.json",
    ]);
    // The way back: the earlier files, whatever lies in the working tree.
    expect(secondsIn(await store.projectDirectory(before))).toBe("30");
  });

  test("stay what they were, in another process too, until nobody can go back to them", async () => {
    const first = open().resolve(".");
    const directory = await open().projectDirectory(first);
    project.setTimeouts(90);
    expect(await open().projectDirectory(first)).toBe(directory);
    expect(secondsIn(directory)).toBe("30");
    const second = open().resolve(".");
    await open().projectDirectory(second);
    open().prune([second]);
    expect(existsSync(directory)).toBe(false);
    expect(secondsIn(await open().projectDirectory(second))).toBe("90");
    // Still in the store, and made anew when it is asked for after all.
    expect(secondsIn(await open().projectDirectory(first))).toBe("30");
  });

  test("of a project in a folder of its repository carry the whole repository", async () => {
    mkdirSync(join(project.directory, "infra"));
    writeFileSync(join(project.directory, "infra", "Pulumi.yaml"), "name: inner\nruntime: nodejs\n");
    const store = open({ projectRoot: join(project.directory, "infra") });
    const directory = await store.projectDirectory(store.resolve("."));
    expect(existsSync(join(directory, "Pulumi.yaml"))).toBe(true);
    expect(existsSync(join(directory, "..", "index.js"))).toBe(true);
  });

  test("of a folder that is no repository hold its files without modules and state", async () => {
    rmSync(join(project.directory, ".git"), { recursive: true });
    rmSync(join(project.directory, ".gitignore"));
    const store = open();
    const release = store.resolve(".");
    expect(store.resolve(".").id).toBe(release.id);
    const directory = await store.projectDirectory(release);
    expect(readdirSync(directory)).toContain("index.js");
    expect(readdirSync(directory)).not.toContain(".rollout");
    expect(() => store.resolve("HEAD")).toThrow(/is no git repository/);
  });

  test("are prepared with a command, once, and a command that fails is told with its output", async () => {
    const release = open().resolve(".");
    const prepare = "echo prepared >> marker";
    const directory = await open({ prepare }).projectDirectory(release);
    await open({ prepare }).projectDirectory(release);
    expect(readFileSync(join(directory, "marker"), "utf8")).toBe("prepared\n");
    project.setTimeouts(60);
    const next = open().resolve(".");
    await expect(open({ prepare: "echo no such package >&2; exit 3" }).projectDirectory(next)).rejects.toThrow(
      /could not be installed with .*no such package/s,
    );
    // The next attempt begins anew.
    expect(readFileSync(join(await open({ prepare }).projectDirectory(next), "marker"), "utf8")).toBe("prepared\n");
  });

  test("that nobody knows are refused", () => {
    expect(() => open().resolve("no-such-branch")).toThrow(/release "no-such-branch" is no branch, tag or commit/);
    expect(() => open().resolve("--all")).toThrow(/release "--all" is no branch/);
  });
});
