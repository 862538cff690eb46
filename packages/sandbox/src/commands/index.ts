/** The command line. A further command is a file here and a line below. */
import { Command } from "commander";
import { registerPlanCommand } from "./plan.ts";
import { registerExecCommand } from "./exec.ts";
import { registerReportCommand } from "./report.ts";
import { registerRunCommands } from "./run.ts";
import { registerStateCommands } from "./state.ts";

export function makeCommandLine(): Command {
  const program = new Command("sandbox").description(
    "Runs real Pulumi programs against simulated AWS, EKS and Kubernetes; no account needed",
  );
  registerRunCommands(program);
  registerExecCommand(program);
  registerStateCommands(program);
  registerPlanCommand(program);
  registerReportCommand(program);
  return program;
}
