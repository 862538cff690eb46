// Draws docs/hot-tier/growth.svg anew; a test compares the two.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { plotGrowth } from "../src/scaling/plot.ts";

const folder = join(import.meta.dirname, "../../../docs/hot-tier");
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "growth.svg"), plotGrowth());
