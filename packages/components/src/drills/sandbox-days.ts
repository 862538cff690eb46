import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cloud, type CloudObject } from "../../../sandbox/src/cloud/cloud.ts";
import { runEmbedded } from "../../../sandbox/src/commands/run.ts";
import { ReportBuilder, type StackReport } from "../../../sandbox/src/display/summary.ts";
import { RunKind } from "../../../sandbox/src/engine/stack-set.ts";
import { readProject } from "../../../sandbox/src/project/project.ts";

/** The region that is hurt, and one that must not notice. */
const hurt = "us-east-1";
const other = "us-east-2";

/** An AWS region; objects of Kubernetes lie in a cluster instead. */
const awsRegion = /^[a-z]{2}(-[a-z]+)+-\d$/;

const clouds = ["aws.jsonl", "kubernetes.jsonl"];

/** Two regions of this repository's stacks in a sandbox of their own, and hands that reach into its cloud past Pulumi. */
export class SandboxRegions {
  readonly #project = readProject(join(import.meta.dirname, "../../../.."));
  readonly #state = mkdtempSync(join(tmpdir(), "mrgc-days-"));
  readonly #note: (text: string) => void;

  /** @param note hears what begins: an operation takes up to a minute */
  constructor(note: (text: string) => void = () => undefined) {
    this.#note = note;
  }

  /** @throws Error with what failed, when the operation did */
  async run(kind: RunKind, ...stacks: string[]): Promise<Map<string, StackReport>> {
    this.#note(`${kind} of ${stacks.join(" and ")}`);
    const builders = new Map<string, ReportBuilder>();
    await runEmbedded({
      kind,
      project: this.#project,
      stacks,
      stateDirectory: this.#state,
      concurrency: 2,
      parallel: 8,
      targets: [],
      policyPacks: [],
      policyConfig: {},
      events: (stack) => {
        const builder = new ReportBuilder(stack);
        builders.set(stack, builder);
        return builder;
      },
      finished: (stack, result) => builders.get(stack)?.finish(result.succeeded),
    });
    const reports = new Map([...builders].map(([stack, { report }]) => [stack, report]));
    for (const [stack, { succeeded, diagnostics }] of reports) {
      if (!succeeded) {
        throw new Error(`${kind} of ${stack} failed: ${diagnostics.map(({ message }) => message).join("\n")}`);
      }
    }
    return reports;
  }

  /** Removes from the cloud what a test of an object says, as a failure or a person with a console does. @returns their URNs */
  remove(isMeant: (object: CloudObject) => boolean): string[] {
    return clouds
      .flatMap((file) => {
        const cloud = new Cloud(join(this.#state, "cloud", file));
        const meant = cloud.all().filter(isMeant);
        for (const { type, id, urn } of meant) {
          cloud.remove(type, id, { urn });
        }
        cloud.close();
        return meant.map(({ urn }) => urn);
      })
      .sort();
  }

  close(): void {
    rmSync(this.#state, { recursive: true, force: true });
  }
}

/** A failure in the sandbox, and the commands that mend it. */
export interface SandboxDay {
  title: string;
  /** @returns what did not hold */
  play(regions: SandboxRegions): Promise<string[]>;
}

/** Refreshes and brings the hurt region up, and compares what is made with what was removed. */
async function mended(regions: SandboxRegions, removed: string[]): Promise<string[]> {
  const untouched = (await regions.run(RunKind.Preview, other)).get(other);
  await regions.run(RunKind.Refresh, hurt);
  const report = (await regions.run(RunKind.Up, hurt)).get(hurt);
  const made = (report?.steps ?? []).filter(({ kind }) => kind === "create").map(({ urn }) => urn);
  const after = (await regions.run(RunKind.Preview, hurt)).get(hurt);
  return [
    ...(removed.length > 0 ? [] : ["nothing was removed: there is nothing to mend"]),
    ...changesOf(untouched).map((change) => `${other} is touched: ${change}`),
    ...removed.filter((urn) => !made.includes(urn)).map((urn) => `is not made again: ${urn}`),
    ...made.filter((urn) => !removed.includes(urn)).map((urn) => `is made though nobody removed it: ${urn}`),
    ...changesOf(after).map((change) => `a second preview still wants to ${change}`),
  ];
}

/** Steps that change something. */
function changesOf(report: StackReport | undefined): string[] {
  return report === undefined
    ? ["nothing was reported"]
    : report.steps.filter(({ kind }) => kind !== "same").map(({ kind, urn }) => `${kind} ${urn}`);
}

/** Days that are played against the sandbox: the real program, the engine, and the commands of docs/disaster-recovery.md. */
export const sandboxDays: Record<string, SandboxDay> = {
  "health-door": {
    title: "An evacuation closed the health endpoint; the region returns by `pulumi up --refresh`",
    play: (regions) =>
      regions.run(RunKind.Up, hurt, other).then(() =>
        mended(
          regions,
          regions.remove(
            ({ type, urn, place, inputs }) =>
              place === hurt &&
              type === "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule" &&
              urn.includes("-gpu-nlb-in-") &&
              inputs.fromPort === 8080,
          ),
        ),
      ),
  },
  "region-rebuilt": {
    title:
      "Everything of a region is lost; `pulumi refresh` and `up` make it again, and the other region does not notice",
    async play(regions) {
      await regions.run(RunKind.Up, hurt, other);
      // Roles are global and outlive a region, and so do the copies that lie in another one; a Kubernetes cluster goes with it.
      const removed = regions.remove(
        ({ urn, type, place }) =>
          urn.startsWith(`urn:pulumi:${hurt}::`) &&
          !type.startsWith("aws:iam/") &&
          (place === hurt || !awsRegion.test(place)),
      );
      return mended(regions, removed);
    },
  },
};

if (import.meta.main) {
  const asked = process.argv.slice(2);
  const names = asked.length > 0 ? asked : Object.keys(sandboxDays);
  const unknown = names.filter((name) => sandboxDays[name] === undefined);
  if (unknown.length > 0) {
    console.error(`No day is called ${unknown.join(", ")}; there are ${Object.keys(sandboxDays).join(", ")}.`);
    process.exitCode = 2;
  } else {
    const regions = new SandboxRegions((text) => console.error(`  ${text} ...`));
    try {
      for (const name of names) {
        console.error(name);
        const wrong = await sandboxDays[name]!.play(regions);
        console.log(`${name}: ${wrong.length === 0 ? "mended" : "NOT mended"}. ${sandboxDays[name]!.title}.`);
        wrong.forEach((what) => console.log(`  ${what}`));
        process.exitCode = wrong.length === 0 ? process.exitCode : 1;
      }
    } finally {
      regions.close();
    }
  }
}
