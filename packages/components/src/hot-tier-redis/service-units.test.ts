import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { testArgs } from "./fixtures.ts";
import { hotTierPlan } from "./hot-tier-plan.ts";
import { serviceUnits } from "./service-units.ts";

const verifier = spawnSync("systemd-analyze", ["--version"]).status === 0;

it.skipIf(!verifier)(`are units that systemd understands${verifier ? "" : " (skipped: no systemd-analyze)"}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "mrgc-units-"));
  try {
    const units = serviceUnits(hotTierPlan("hot-tier", testArgs()));
    for (const [name, content] of Object.entries(units)) {
      // The programs are not on this machine; everything else is checked as it is.
      writeFileSync(join(folder, name), content.replace(/^ExecStart=.*$/m, "ExecStart=/bin/true"));
    }
    const paths = Object.keys(units).map((name) => join(folder, name));
    const output = execFileSync("sh", ["-c", 'systemd-analyze verify "$@" 2>&1 || true', "sh", ...paths], {
      encoding: "utf8",
    });
    expect(output.split("\n").filter((line) => line.includes(folder))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("enables nothing but the bootstrap, which starts the others", () => {
  const units = serviceUnits(hotTierPlan("hot-tier", testArgs()));
  const enabled = Object.entries(units).filter(([, content]) => content.includes("[Install]"));
  expect(enabled.map(([name]) => name)).toEqual(["mrgc-bootstrap.service"]);
});
