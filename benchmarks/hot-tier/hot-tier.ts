import { describeMigration, measureMigration } from "./migration.ts";
import { describeZoneLoss, measureZoneLoss } from "./zone-loss.ts";

/**
 * `npm run bench -- hot-tier [migration|zone-loss] [size] [runs]`: both with small sizes, or one with its full size (README.md).
 */
const [what = "all", size, times] = process.argv.slice(2);
for (const signal of ["SIGINT", "SIGTERM"]) {
  // An ordinary exit kills the servers that were started.
  process.once(signal, () => process.exit(130));
}
const write = (text: string): void => void process.stdout.write(`${text}\n`);

if (what === "all" || what === "migration") {
  const keys = size === undefined ? 20_000 : Number(size);
  const pairs = size === undefined ? 1 : Number(times ?? 5);
  for (const server of ["valkey-9.1", "redis-7.0"] as const) {
    write(describeMigration(await measureMigration(server, keys, pairs)));
  }
}
if (what === "all" || what === "zone-loss") {
  const shards = size === undefined ? 3 : Number(size) / 3;
  const runs = size === undefined ? 1 : Number(times ?? 20);
  write(describeZoneLoss(await measureZoneLoss(shards, runs)));
}
