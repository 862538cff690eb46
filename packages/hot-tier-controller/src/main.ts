#!/usr/bin/env node
import { Command, InvalidArgumentError } from "commander";
import { awsClients, readEnvironment } from "./aws/environment.ts";
import { HotTierService } from "./aws/service.ts";
import { addCheckCommands } from "./checks/commands.ts";
import { apply, backup, plan, restoreBackup, status } from "./run/commands.ts";
import type { Session } from "./run/commands.ts";
import { openSession, ownerName } from "./run/session.ts";
import type { GlobalOptions } from "./run/session.ts";
import { survivesZoneLoss } from "./scaling/policy.ts";

const write = (line: string): void => void process.stdout.write(`${line}\n`);

function shardCount(text: string): number {
  const shards = Number(text);
  if (!Number.isInteger(shards) || !survivesZoneLoss(shards) || shards > 1_000) {
    throw new InvalidArgumentError(
      "Has to be 3, or a whole number from 5 to 1,000: with 1, 2 or 4 shards the loss of a zone loses the voters' majority.",
    );
  }
  return shards;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) {
    throw new InvalidArgumentError("Has to be a number above 0.");
  }
  return value;
}

const program = new Command("hot-tier")
  .description(
    "Keeps the hot tier's Valkey or Redis cluster whole: on AWS by its stack's names, or any cluster by its nodes.",
  )
  .option(
    "--node <zone=host:port>",
    "a node of a cluster tended by hand; once for each",
    (node: string, all: string[] = []) => [...all, node],
  )
  .option("--cluster <name>", "name of the cluster (default: MRGC_CLUSTER)")
  .option("--bucket <name>", "bucket for backups (default: MRGC_STATE_BUCKET)")
  .option("--username <name>", "user of listed nodes; the password is HOT_TIER_PASSWORD")
  .option("--tls", "speak TLS to listed nodes")
  .option("--ca-file <file>", "speak TLS to listed nodes, whose certificates this authority (PEM) signs")
  .option("--node-timeout-ms <ms>", "cluster-node-timeout of listed nodes", positive);

function command(
  name: string,
  description: string,
  run: (session: Session, options: CommandOptions) => Promise<void>,
): Command {
  return program
    .command(name)
    .description(description)
    .action(async (own: CommandOptions) => {
      const options = { ...program.opts<GlobalOptions>(), ...own };
      const { session, close } = await openSession(options, process.env, write);
      try {
        await run(session, options);
      } finally {
        close();
      }
    });
}

interface CommandOptions extends GlobalOptions {
  readonly dryRun?: boolean;
  readonly maxSeconds?: number;
  readonly generation?: string;
}

const defaultMaxSeconds = 3_600;

command("status", "show shards, nodes and what is wrong", status);
command("plan", "show what would be done next, and why", plan).option(
  "--shards <count>",
  "as if this many were wanted",
  shardCount,
);
command(
  "apply",
  "make the cluster what is wanted, and wait until it is",
  (session, { dryRun = false, maxSeconds = defaultMaxSeconds }) => apply(session, { dryRun, maxSeconds }),
)
  .option("--shards <count>", "how many shards there should be", shardCount)
  .option("--max-seconds <seconds>", "give up waiting after this long", positive)
  .option("--dry-run", "only show what would be done");
command(
  "rebalance",
  "give every shard its even share of slots",
  (session, { dryRun = false, maxSeconds = defaultMaxSeconds }) => apply(session, { dryRun, maxSeconds }),
)
  .option("--max-seconds <seconds>", "give up waiting after this long", positive)
  .option("--dry-run", "only show what would be done");
command("backup", "store one copy of every shard in S3", (session, { dryRun = false }) =>
  backup(session, { dryRun }),
).option("--dry-run", "only show what would be stored");
command("restore", "fill an empty cluster from a backup", (session, { dryRun = false, generation }) =>
  restoreBackup(session, { dryRun, ...(generation === undefined ? {} : { generation }) }),
)
  .option("--generation <name>", "which backup (default: the newest)")
  .option("--dry-run", "only read and check every file of it");

addCheckCommands(program, write);

program
  .command("serve")
  .description("run as a service on AWS until stopped")
  .action(async () => {
    const service = new HotTierService(awsClients(), readEnvironment(process.env), ownerName(), write);
    const stop = new AbortController();
    for (const signal of ["SIGTERM", "SIGINT"]) {
      process.once(signal, () => stop.abort());
    }
    while (!stop.signal.aborted) {
      try {
        await service.waitForEvent(await service.pass());
      } catch (error) {
        service.sayFailed(error);
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      }
    }
    service.close();
  });

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
