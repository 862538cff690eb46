/** What a real CLI wrote; `fixtures/real-cli/README.md` says of what and how. */
import { readFileSync } from "node:fs";

/** A secret of the program: in clear in `stack-export`, hidden by the CLI in the previews. */
export const realSecret = "kept-from-every-page";

export const realFile = (name: "first-preview" | "stack-export" | "changing-preview"): string =>
  readFileSync(new URL(`../fixtures/real-cli/${name}.json`, import.meta.url), "utf8");
