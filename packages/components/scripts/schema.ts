import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer.js";
import { getPulumiComponents } from "@pulumi/pulumi/provider/experimental/provider.js";
import { generateSchema } from "@pulumi/pulumi/provider/experimental/schema.js";
import * as library from "../src/index.ts";

const packageFolder = join(import.meta.dirname, "..");
const schemaFile = join(packageFolder, "plugin", "schema.json");

/**
 * The Pulumi package schema of every exported component, read from our types by Pulumi's own analyzer: what SDKs for other
 * languages are generated from. Without the version, which the plugin adds.
 *
 * @throws Error when an argument has a type that the analyzer does not know.
 */
export function packageSchema(): string {
  const manifest = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as { description: string };
  const names = getPulumiComponents({ ...library }).map(({ name }) => name);
  const entry = { exports: join(packageFolder, "src", "index.ts") };
  const analyzer = new Analyzer(join(packageFolder, "plugin"), "mrgc", entry, new Set(names));
  const { components, typeDefinitions, dependencies } = analyzer.analyze();
  const schema = generateSchema("mrgc", "", manifest.description, components, typeDefinitions, dependencies);
  return `${JSON.stringify({ ...schema, version: undefined }, undefined, 2)}\n`;
}

/**
 * Writes the committed schema when changes are accepted, and else holds it to the types.
 *
 * @throws Error when they differ.
 */
export function checkSchema(acceptChanges: boolean): void {
  const schema = packageSchema();
  if (acceptChanges) {
    writeFileSync(schemaFile, schema);
  } else if (readFileSync(schemaFile, "utf8") !== schema) {
    throw new Error(
      "The arguments or outputs of a component have changed for programs in other languages (plugin/schema.json). " +
        "If that is wanted: node packages/components/scripts/build.ts --local, and look at what it changes.",
    );
  }
}
