/**
 * Keeps releases: the project's files as they were at one moment, in a folder each. A rollout runs programs from there and never
 * from the working tree, so that somebody's checkout in the middle of it changes nothing, and the way back leads to the very
 * files that were there before.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { delimiter, dirname, join, relative } from "node:path";
import type { Release } from "../core/model.ts";
import { git, ReleaseError, tryGit } from "./git.ts";

/** The name of the release that is in the working tree. */
export const workingTree = ".";

export interface ReleaseStoreOptions {
  /** Folder of `Pulumi.yaml`. */
  projectRoot: string;
  /** Where to keep releases. */
  directory: string;
  /** Shell command that installs a release's dependencies in its folder. Default: what its lock file asks for. */
  prepare?: string;
  note(text: string): void;
}

/** What installs the dependencies of a folder; undefined where no lock file says. */
function installCommand(directory: string): string | undefined {
  if (existsSync(join(directory, "pnpm-lock.yaml"))) return "pnpm install --frozen-lockfile";
  if (existsSync(join(directory, "package-lock.json"))) return "npm ci --no-audit --no-fund";
  return undefined;
}

export class ReleaseStore {
  readonly #options: ReleaseStoreOptions;
  /** Folder that a release is a copy of: the repository that the project lies in, else the project. */
  readonly #top: string;
  readonly #repository: string | undefined;
  readonly #ready = new Map<string, Promise<string>>();

  constructor(options: ReleaseStoreOptions) {
    this.#options = options;
    this.#repository = tryGit(["rev-parse", "--show-toplevel"], options.projectRoot);
    this.#top = this.#repository ?? options.projectRoot;
  }

  get #store(): string {
    return join(this.#options.directory, "store.git");
  }

  /**
   * The release that a name means now: a branch, tag or commit, or `.` for the working tree, which is stored as it is.
   *
   * @throws ReleaseError when the name means nothing
   */
  resolve(name: string): Release {
    this.#openStore();
    if (name === workingTree) {
      const id = this.#storeWorkingTree();
      const head = this.#repository === undefined ? undefined : tryGit(["rev-parse", "HEAD"], this.#top);
      const clean = head !== undefined && tryGit(["rev-parse", `${head}^{tree}`], this.#top) === id;
      return clean ? { id, name: head.slice(0, 10), commit: head } : { id, name: `working tree ${id.slice(0, 10)}` };
    }
    if (this.#repository === undefined)
      throw new ReleaseError(
        `release "${name}": ${this.#top} is no git repository; only its working tree (.) can be released`,
      );
    const commit = tryGit(["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`], this.#top);
    if (commit === undefined)
      throw new ReleaseError(
        `release "${name}" is no branch, tag or commit of ${this.#top}; \`.\` means the working tree`,
      );
    return { id: git(["rev-parse", `${commit}^{tree}`], { cwd: this.#top }), name, commit };
  }

  /**
   * The project's folder in a release, with dependencies installed. Made at the first call, then kept.
   *
   * @throws ReleaseError when the files are nowhere, or their dependencies cannot be installed
   */
  projectDirectory(release: Release): Promise<string> {
    let ready = this.#ready.get(release.id);
    if (ready === undefined) {
      ready = this.#make(release);
      this.#ready.set(release.id, ready);
    }
    return ready;
  }

  /** Deletes the folders of releases that nobody can go back to. Their files stay in the store. */
  prune(keep: readonly Release[]): void {
    const ids = new Set(keep.map(({ id }) => id));
    if (!existsSync(this.#options.directory)) return;
    for (const name of readdirSync(this.#options.directory)) {
      const [, id] = /^([0-9a-f]{40,64})(\.ready|\.log)?$/.exec(name) ?? [];
      if (id !== undefined && !ids.has(id))
        rmSync(join(this.#options.directory, name), { recursive: true, force: true });
    }
  }

  async #make(release: Release): Promise<string> {
    const { directory, projectRoot, note } = this.#options;
    const folder = join(directory, release.id);
    const readyMark = `${folder}.ready`;
    if (!existsSync(readyMark)) {
      this.#openStore();
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      const env = { GIT_DIR: this.#store, GIT_WORK_TREE: folder, GIT_INDEX_FILE: `${folder}.index` };
      git(["read-tree", release.id], { env });
      git(["checkout-index", "--all", "--force"], { cwd: folder, env });
      rmSync(env.GIT_INDEX_FILE, { force: true });
      await this.#prepare(folder, release);
      writeFileSync(readyMark, "");
    }
    const project = join(folder, relative(this.#top, projectRoot));
    if (!existsSync(project))
      throw new ReleaseError(
        `release ${release.name} has no ${relative(this.#top, projectRoot)}: the project is not part of it`,
      );
    note(`release ${release.name} lies in ${project}`);
    return project;
  }

  async #prepare(folder: string, release: Release): Promise<void> {
    const command = this.#options.prepare ?? installCommand(folder);
    if (command === undefined) {
      this.#linkModules(folder);
      return;
    }
    this.#options.note(`installing the dependencies of release ${release.name}: ${command}`);
    const logFile = `${folder}.log`;
    const log = openSync(logFile, "w");
    const path = [dirname(process.execPath), process.env.PATH ?? ""].join(delimiter);
    const child = spawn(command, {
      cwd: folder,
      shell: true,
      stdio: ["ignore", log, log],
      env: { ...process.env, PATH: path, CI: "true" },
    });
    const [code] = (await once(child, "close").finally(() => closeSync(log))) as [number | null];
    if (code !== 0) {
      const tail = readFileSync(logFile, "utf8").trim().split("\n").slice(-8).join("\n  ");
      throw new ReleaseError(
        `the dependencies of release ${release.name} could not be installed with \`${command}\`:\n  ${tail}\nThe whole log is ${logFile}; another command is given with --prepare`,
      );
    }
  }

  /** No lock file pins the dependencies: those of the project serve every release. */
  #linkModules(folder: string): void {
    for (const base of new Set(["", relative(this.#top, this.#options.projectRoot)])) {
      const modules = join(this.#top, base, "node_modules");
      const link = join(folder, base, "node_modules");
      if (existsSync(modules) && !existsSync(link)) symlinkSync(modules, link, "junction");
    }
  }

  #openStore(): void {
    if (existsSync(join(this.#store, "HEAD"))) return;
    mkdirSync(this.#options.directory, { recursive: true });
    git(["init", "--quiet", "--bare", this.#store]);
    const inside = relative(this.#top, dirname(this.#options.directory));
    const own = inside.startsWith("..") ? [] : [`/${inside}/`];
    writeFileSync(
      join(this.#store, "info", "exclude"),
      [...own, "node_modules/", ".sandbox/", ".rollout/", ""].join("\n"),
    );
    if (this.#repository !== undefined) {
      // Commits of the repository are found without copying them.
      const objects = git(["rev-parse", "--path-format=absolute", "--git-path", "objects"], { cwd: this.#top });
      writeFileSync(join(this.#store, "objects", "info", "alternates"), `${objects}\n`);
    }
  }

  /** Stores the files that git would commit with `git add --all`, and gives their tree. The user's own index is not touched. */
  #storeWorkingTree(): string {
    const index = join(this.#store, "working-tree.index");
    rmSync(index, { force: true });
    const env = { GIT_DIR: this.#store, GIT_WORK_TREE: this.#top, GIT_INDEX_FILE: index };
    const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    const files = this.#repository === undefined ? git(list, { cwd: this.#top, env }) : git(list, { cwd: this.#top });
    const inState = (file: string): boolean => /(^|\/)\.(sandbox|rollout)\//.test(file);
    const wanted = files.split("\0").filter((file) => file !== "" && !inState(file));
    git(["update-index", "--add", "--remove", "-z", "--stdin"], { cwd: this.#top, env, input: wanted.join("\0") });
    return git(["write-tree"], { env });
  }
}
