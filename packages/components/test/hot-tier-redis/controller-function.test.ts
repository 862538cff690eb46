import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { lambdaCode } from "../../src/building-blocks/lambda-code.ts";

/** Where the AWS SDK is found, which Lambda's runtime brings. */
const besideTheSdk = join(import.meta.dirname, "../../../hot-tier-controller/node_modules/.cache");

it("is one file that loads as Lambda loads it, given the contract's environment", () => {
  mkdirSync(besideTheSdk, { recursive: true });
  const folder = mkdtempSync(join(besideTheSdk, "function-"));
  try {
    writeFileSync(join(folder, "index.mjs"), lambdaCode("hot-tier-controller"));
    writeFileSync(
      join(folder, "load.mjs"),
      'import { handler } from "./index.mjs"; process.stdout.write(typeof handler); process.exit(0);',
    );
    const load = (env: Record<string, string>) =>
      execFileSync(process.execPath, [join(folder, "load.mjs")], {
        encoding: "utf8",
        env: { PATH: process.env.PATH, AWS_REGION: "us-west-2", ...env },
        stdio: ["ignore", "pipe", "pipe"],
      });
    expect(
      load({ MRGC_CLUSTER: "hot-tier", MRGC_STATE_BUCKET: "snapshots", MRGC_EVENT_QUEUE_URL: "https://queue" }),
    ).toBe("function");
    expect(() => load({ MRGC_STATE_BUCKET: "snapshots" })).toThrow(/MRGC_CLUSTER is not set/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
