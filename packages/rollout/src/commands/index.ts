import { Command } from "commander";
import { commandName } from "../command-name.ts";
import { registerShowCommands } from "./show.ts";
import { registerStartCommands } from "./start.ts";
import { registerWordCommands } from "./words.ts";

const exitCodes = `
Exit codes: 0 succeeded, 1 a mistake in the call or a fault, 3 rolled back, 4 paused, 5 aborted,
6 some stack could not go back, 7 another process works on a rollout.`;

export function makeCommandLine(): Command {
  const program = new Command(commandName)
    .description(
      "Brings a release to the stacks wave by wave: a canary region, the others, then global; and back when pages fire",
    )
    .addHelpText("after", exitCodes);
  registerStartCommands(program);
  registerWordCommands(program);
  registerShowCommands(program);
  return program;
}
