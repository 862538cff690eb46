/** `export`, `import` and `ledger`: a stack's state in the CLI's own format, and what policies want to know of it. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { hasCliState } from "../attach/choose-engine.ts";
import { deserializeResource, makeFile, parseFile, serializeResource } from "../checkpoint/deployment-format.ts";
import { takeLock } from "../checkpoint/lock.ts";
import { ledgerOf } from "../checkpoint/ledger.ts";
import { CheckpointStore } from "../checkpoint/store.ts";
import { UserError } from "../engine/model.ts";
import { openCrypter } from "../engine/run-context.ts";
import { stackDirectory } from "../engine/stack-set.ts";
import { readStackConfig } from "../project/stack-config.ts";
import { addStackOptions, selectStacks, type StackOptions } from "./options.ts";

interface StateOptions extends StackOptions {
  file?: string;
  showSecrets?: boolean;
}

function selectOne(options: StateOptions) {
  const { project, stacks, state } = selectStacks(options);
  const [stack] = stacks;
  if (stack === undefined || stacks.length !== 1)
    throw new UserError("this command works on one stack: say which with --stack");
  return { project, stack, state, directory: stackDirectory(state, project.name, stack) };
}

/** A stack's stored state. Throws when there is none, or when it is a CLI that has it. */
function readOne(options: StateOptions) {
  const { project, stack, state, directory } = selectOne(options);
  const file = new CheckpointStore(directory).read();
  if (file) return { project, stack, file };
  throw new UserError(
    hasCliState(state, project.name, stack)
      ? `a Pulumi CLI has the state of stack ${stack}: sandbox exec -- pulumi stack export --stack ${stack}`
      : `stack ${stack} has no state in ${state}: run \`up\` first`,
  );
}

async function exportState(options: StateOptions): Promise<void> {
  const { project, stack, file } = readOne(options);
  let result = file;
  if (options.showSecrets) {
    const crypter = await openCrypter(await readStackConfig(project, stack), file);
    const resources = (file.deployment.resources ?? []).map((resource) =>
      serializeResource(deserializeResource(resource, crypter), undefined),
    );
    result = { ...file, deployment: { ...file.deployment, resources } };
  }
  const text = `${JSON.stringify(result, null, 4)}\n`;
  if (options.file) writeFileSync(options.file, text);
  else process.stdout.write(text);
}

async function importState(options: StateOptions): Promise<void> {
  const { project, stack, directory } = selectOne(options);
  const source = options.file ?? "standard input";
  const file = parseFile(readFileSync(options.file ?? 0, "utf8"), source);
  const foreign = file.deployment.resources?.find(
    ({ urn }) => !urn.startsWith(`urn:pulumi:${stack}::${project.name}::`),
  );
  if (foreign)
    throw new UserError(
      `${source} holds ${foreign.urn}, which is no resource of stack ${stack} of project ${project.name}`,
    );
  mkdirSync(directory, { recursive: true });
  const release = takeLock(join(directory, "lock"), stack);
  try {
    // Reading and writing every resource again refuses a file whose secrets this stack cannot decrypt.
    const crypter = await openCrypter(await readStackConfig(project, stack), file);
    const resources = (file.deployment.resources ?? []).map((resource) =>
      serializeResource(deserializeResource(resource, crypter), crypter),
    );
    new CheckpointStore(directory).write(makeFile(resources, file.deployment.pending_operations ?? [], crypter.salt));
  } finally {
    release();
  }
}

/** Prints a ledger: of the stack's state in the sandbox, or of a file that `pulumi stack export` wrote. */
function printLedger(options: StateOptions & { from?: string }): void {
  const file =
    options.from === undefined
      ? new CheckpointStore(selectOne(options).directory).read()
      : parseFile(readFileSync(options.from === "-" ? 0 : options.from, "utf8"), options.from);
  const text = `${JSON.stringify(ledgerOf(file), undefined, 2)}\n`;
  if (options.file) writeFileSync(options.file, text);
  else process.stdout.write(text);
}

export function registerStateCommands(program: Command): void {
  addStackOptions(program.command("export").description("print a stack's state as `pulumi stack import` takes it"))
    .option("--file <path>", "write it there")
    .option("--show-secrets", "with secrets in clear")
    .action(exportState);
  addStackOptions(program.command("import").description("replace a stack's state by what `pulumi stack export` wrote"))
    .option("--file <path>", "read it from there instead of standard input")
    .action(importState);
  addStackOptions(
    program
      .command("ledger")
      .description("print what a stack owns, as the setting `policy:ledger` of the policies takes it"),
  )
    .option("--from <path>", "of the state that `pulumi stack export` wrote there; - for standard input")
    .option("--file <path>", "write it there")
    .action(printLedger);
}
