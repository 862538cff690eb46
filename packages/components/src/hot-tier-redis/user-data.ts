import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync, strToU8 } from "fflate";
import { agentConfig } from "./agent-config.ts";
import type { HotTierRedisArgs, NodeArtifact } from "./args.ts";
import { serverPort, type HotTierPlan } from "./hot-tier-plan.ts";
import { knowsZones, nodePaths, serverConfig } from "./server-config.ts";
import { localUser, ServerUser, userRules } from "./server-users.ts";
import { serviceUnits } from "./service-units.ts";

/** What a node has to know that exists only once its resources do. */
export interface NodeSettings {
  certificateAuthorityArn: string;
  /** Host name of the balancer that answers with seeds; node certificates name it. */
  seedName: string;
  /** Secrets by user. */
  secretArns: Record<ServerUser, string>;
  logGroupName: string;
}

/** A file that cloud-init writes before anything runs. */
export interface NodeFile {
  path: string;
  /** Octal, such as `0644`. */
  permissions: string;
  content: string;
}

/** Programs of a node, by the name they are installed under; the sources lie beside this file and are shellchecked. */
const scripts = ["bootstrap", "certificate", "metrics"] as const;

/** Name of the data volume's device as the bootstrap looks for it. */
const dataDeviceName = "xvdf";

/** Every file of a node. Secrets are not among them: the node reads those itself. */
export function nodeFiles(args: HotTierRedisArgs, plan: HotTierPlan, settings: NodeSettings): NodeFile[] {
  const configuration: Record<string, string> = {
    settings: settingsFile(args, plan, settings),
    "server.conf": serverConfig(plan),
    "users.template": usersTemplate(),
    "agent.template": agentConfig(plan, settings.logGroupName),
  };
  return [
    ...Object.entries(configuration).map(([name, content]) => file(`${nodePaths.config}/${name}`, "0644", content)),
    file("/etc/sysctl.d/90-mrgc.conf", "0644", kernelSettings),
    ...Object.entries(serviceUnits(plan)).map(([name, content]) =>
      file(`/etc/systemd/system/${name}`, "0644", content),
    ),
    ...scripts.map((name) => file(`${nodePaths.programs}/${name}`, "0755", script(name))),
  ];
}

/**
 * The nodes' user data: a cloud-config that writes their files and enables the bootstrap, which runs at this and every later
 * boot. Gzipped, because it is longer than EC2's 16 KB: by a library whose output does not depend on the machine, so that
 * a `pulumi up` from another one does not replace the fleet.
 */
export function userData(args: HotTierRedisArgs, plan: HotTierPlan, settings: NodeSettings): string {
  const cloudConfig = {
    write_files: nodeFiles(args, plan, settings),
    runcmd: [
      ["systemctl", "daemon-reload"],
      ["systemctl", "enable", "--now", "--no-block", "mrgc-bootstrap.service"],
    ],
  };
  const text = `#cloud-config\n${JSON.stringify(cloudConfig)}\n`;
  return Buffer.from(gzipSync(strToU8(text), { level: 9, mtime: 0 })).toString("base64");
}

/** A program's source. */
export function script(name: (typeof scripts)[number]): string {
  return readFileSync(join(import.meta.dirname, "node-scripts", `${name}.sh`), "utf8");
}

function file(path: string, permissions: string, content: string): NodeFile {
  return { path, permissions, content };
}

/** Values that the scripts read, in single quotes; the plan admits no quote in any of them. */
function settingsFile(args: HotTierRedisArgs, plan: HotTierPlan, settings: NodeSettings): string {
  const values: Record<string, string> = {
    CLUSTER: plan.clusterName,
    REGION: plan.region,
    PORT: String(serverPort),
    ENGINE: plan.engine.engine,
    ENGINE_VERSION: plan.engine.version,
    ENGINE_PACKAGE: plan.engine.package,
    ENGINE_URI: uri(plan.engine.artifact),
    ENGINE_SHA256: plan.engine.artifact?.sha256 ?? "",
    EXPORTER_URI: uri(args.exporterArtifact),
    EXPORTER_SHA256: args.exporterArtifact?.sha256 ?? "",
    DATA_DEVICE: dataDeviceName,
    KNOWS_ZONES: knowsZones(plan) ? "yes" : "no",
    WANTED_REPLICAS: String(plan.replicasPerShard),
    CA_ARN: settings.certificateAuthorityArn,
    SEED_NAME: settings.seedName,
    SECRET_APPLICATION: settings.secretArns[ServerUser.Application],
    SECRET_CONTROLLER: settings.secretArns[ServerUser.Controller],
    SECRET_REPLICATION: settings.secretArns[ServerUser.Replication],
  };
  return Object.entries(values)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join("");
}

function uri(artifact: NodeArtifact | undefined): string {
  return artifact === undefined ? "" : `s3://${artifact.bucket}/${artifact.key}`;
}

/** The server's users; the node puts the hash of each password in the place of `@user@`. */
function usersTemplate(): string {
  const users: (ServerUser | typeof localUser)[] = [...Object.values(ServerUser), localUser];
  return ["user default off\n", ...users.map((user) => `user ${user} on @${user}@ ${userRules[user]}\n`)].join("");
}

/** A fork needs no memory of its own; many clients come at once after a failover. */
const kernelSettings = `vm.overcommit_memory = 1
vm.swappiness = 1
net.core.somaxconn = 4096
net.ipv4.tcp_max_syn_backlog = 4096
`;
