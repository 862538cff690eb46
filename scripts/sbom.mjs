// The bill of materials of a published package, in CycloneDX: what npm installs with it, and what is bundled into it.
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { pnpmVersion, root } from "./setup.mjs";

const run = promisify(execFile);

/**
 * pnpm knows the dependencies; what our bundles contain are development dependencies to it, so the build's own list is
 * added. The package has to be built.
 *
 * @param {string} name such as `@mrgc/components`
 * @param {string} folder its folder in the workspace
 * @param {NodeJS.ProcessEnv} env in which pnpm runs
 */
export async function billOfMaterials(name, folder, env) {
  const format = ["--sbom-format", "cyclonedx", "--sbom-spec-version", "1.6"];
  const { stdout } = await run("npx", ["--yes", `pnpm@${pnpmVersion}`, "sbom", ...format, "--prod", "--filter", name], {
    cwd: root,
    env,
    maxBuffer: 64 * 1024 * 1024,
  });
  const bill = JSON.parse(stdout);
  const list = join(root, folder, "dist", "bundled.json");
  const bundled = existsSync(list) ? JSON.parse(readFileSync(list, "utf8")) : [];
  const known = new Set(bill.components.map((component) => component["bom-ref"]));
  const added = bundled.map(componentOf).filter((component) => !known.has(component["bom-ref"]));
  bill.components.push(...added);
  const own = bill.metadata.component["bom-ref"];
  const uses = bill.dependencies.find(({ ref }) => ref === own);
  uses.dependsOn = [...new Set([...(uses.dependsOn ?? []), ...bundled.map((entry) => componentOf(entry)["bom-ref"])])];
  bill.dependencies.push(...added.map((component) => ({ ref: component["bom-ref"], dependsOn: [] })));
  return bill;
}

function componentOf({ name, version, license }) {
  const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
  return { type: "library", name, version, purl, "bom-ref": purl, licenses: [{ license: { id: license } }] };
}
