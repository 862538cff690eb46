import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as components from "../index.ts";
import { ComponentProvider, type PackageSchema } from "./component-provider.ts";

/** From `dist`, where this file is bundled to. */
const packageFolder = join(import.meta.dirname, "..");

const json = (...path: string[]): unknown => JSON.parse(readFileSync(join(packageFolder, ...path), "utf8"));

const { version } = json("package.json") as { version: string };
const provider = new ComponentProvider(json("plugin", "schema.json") as PackageSchema, version, { ...components });

// Serves until the engine ends the process; a failure is the process's.
void pulumi.provider.main(provider, process.argv.slice(2));
