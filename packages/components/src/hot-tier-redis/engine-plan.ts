import type { Problem } from "../shared/refusal.ts";
import { Engine, type NodeArtifact } from "./args.ts";
import type { HotTierPlanArgs } from "./node-plan.ts";

/** The server that nodes run and where they get it. */
export interface EnginePlan {
  engine: Engine;
  /** As far as it matters, such as `9.1`. */
  version: string;
  /** Nodes that one cluster of it holds (correction E30). */
  nodeLimit: number;
  /** Package of Amazon Linux 2023; used when there is no artefact. */
  package: string;
  artifact?: NodeArtifact;
}

/** What Amazon Linux 2023 ships, and what is chosen where an artefact is given. */
const engines = {
  [Engine.Valkey]: { package: "valkey", packaged: "8", chosen: "9.1" },
  [Engine.Redis]: { package: "redis6", packaged: "6.2", chosen: "8.2" },
};

/** The engine that the arguments ask for. */
export function enginePlan(args: HotTierPlanArgs): EnginePlan {
  const engine = args.engine ?? Engine.Valkey;
  const known = engines[engine];
  const version = args.engineVersion ?? (args.engineArtifact === undefined ? known.packaged : known.chosen);
  return {
    engine,
    version,
    nodeLimit: engine === Engine.Valkey && majorVersion(version) >= 9 ? 2000 : 1000,
    package: args.enginePackage ?? known.package,
    ...(args.engineArtifact === undefined ? {} : { artifact: args.engineArtifact }),
  };
}

/** The first number of a version. */
export function majorVersion(version: string): number {
  return Number(version.split(".")[0]);
}

/** What is wrong with the arguments that choose a server and programs. */
export function engineProblems(args: HotTierPlanArgs, plan: EnginePlan): Problem[] {
  return [
    ...versionProblems(args, plan),
    ...(/^[A-Za-z0-9][A-Za-z0-9._+-]*$/.test(plan.package)
      ? []
      : [
          {
            path: "enginePackage",
            value: plan.package,
            reason: "must be letters, digits, dots, hyphens, underscores and plus signs",
            mend: "Write the package's name as dnf knows it.",
          },
        ]),
    ...artifactProblems("engineArtifact", args.engineArtifact),
    ...artifactProblems("exporterArtifact", args.exporterArtifact),
  ];
}

function versionProblems(args: HotTierPlanArgs, plan: EnginePlan): Problem[] {
  if (!/^[0-9]+(\.[0-9]+){0,2}$/.test(plan.version)) {
    return [
      {
        path: "engineVersion",
        value: plan.version,
        reason: "must be one to three numbers, such as 9, 9.1 or 9.1.2",
        mend: "Write the numbers only, as far as they matter.",
      },
    ];
  }
  const known = engines[plan.engine];
  const packaged = args.engineArtifact === undefined && args.enginePackage === undefined;
  return packaged && majorVersion(plan.version) !== majorVersion(known.packaged)
    ? [
        {
          path: "engineVersion",
          value: plan.version,
          reason: `is not what Amazon Linux 2023 ships: its package \`${known.package}\` is version ${known.packaged}`,
          mend: "Give engineArtifact with a build of that version, or enginePackage where the image's repositories have one.",
        },
      ]
    : [];
}

function artifactProblems(path: string, artifact: NodeArtifact | undefined): Problem[] {
  if (artifact === undefined) {
    return [];
  }
  const problems: Problem[] = [];
  if (!/^[0-9a-f]{64}$/.test(artifact.sha256)) {
    problems.push({
      path: `${path}.sha256`,
      value: artifact.sha256,
      reason: "must be 64 lower-case hexadecimal digits",
      mend: "Take it from the publisher, or `sha256sum FILE` of a file that you checked.",
    });
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9._/-]*$/.test(`${artifact.bucket}/${artifact.key}`)) {
    problems.push({
      path,
      value: `${artifact.bucket}/${artifact.key}`,
      reason: "must be a bucket and a key of letters, digits, dots, hyphens, underscores and slashes",
      mend: "Rename the object.",
    });
  }
  return problems;
}
