// npm run docs: the tables in docs/ from the doc comments, and the reference of every public type in dist/reference.
import { runNode, setUp } from "./setup.mjs";

const env = await setUp();
process.exitCode =
  (await runNode(["scripts/argument-tables.ts"], env)) ||
  (await runNode(["node_modules/typedoc/bin/typedoc", "--tsconfig", "tsconfig.reference.json"], env));
