import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { lambdaCode } from "../../src/building-blocks/lambda-code.ts";

/** Where the AWS SDK is found, which Lambda's runtime brings. */
const besideTheSdk = join(import.meta.dirname, "../../../hot-tier-controller/node_modules/.cache");

/** Calls the function once. Without the contract's environment it fails before it asks AWS for anything. */
const call = 'import { handler } from "./index.mjs"; handler().catch(({ message }) => process.stdout.write(message));';

it("is one file that loads as Lambda loads it, and names what it misses of the contract's environment", () => {
  mkdirSync(besideTheSdk, { recursive: true });
  const folder = mkdtempSync(join(besideTheSdk, "function-"));
  try {
    writeFileSync(join(folder, "index.mjs"), lambdaCode("hot-tier-controller"));
    writeFileSync(join(folder, "call.mjs"), call);
    const failure = (env: Record<string, string>) =>
      execFileSync(process.execPath, [join(folder, "call.mjs")], {
        encoding: "utf8",
        env: { PATH: process.env.PATH, AWS_REGION: "us-west-2", ...env },
        timeout: 30_000,
      });
    expect(failure({ MRGC_STATE_BUCKET: "snapshots" })).toMatch(/^MRGC_CLUSTER is not set/);
    expect(failure({ MRGC_CLUSTER: "hot-tier" })).toMatch(/^MRGC_STATE_BUCKET is not set/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
