/** The project's policies with the sandbox's own ledger: what a stack owns is not lost without a word. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { outcomeOf, startSandbox } from "./support/command.ts";
import { makeWorkspace, type Workspace } from "./support/workspace.ts";

const pack = fileURLToPath(new URL("../../../policy-pack", import.meta.url));

/** Only the rule in question: the program below is no model in anything else. */
const onlyChangeSafety = JSON.stringify({ all: "disabled", "data-path-acknowledged": "mandatory" });
const program = (dbName: string, key = `new aws.kms.Key("vault", {});`): string => `import * as aws from "@pulumi/aws";
${key}
new aws.rds.Instance("records", { instanceClass: "db.r6i.large", engine: "postgres", allocatedStorage: 20, dbName: "${dbName}", skipFinalSnapshot: true });
new aws.sqs.Queue("errands", {});
`;

let workspace: Workspace;

beforeAll(() => {
  workspace = makeWorkspace({
    "index.js": program("first"),
    "Pulumi.dev.yaml": "config:\n  aws:region: us-east-1\n",
    "policies.json": onlyChangeSafety,
  });
});
afterAll(() => workspace.remove());

async function sandbox(command: string, ...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = startSandbox(workspace.directory, [command, "--stack", "dev", ...args]);
  const { code, output, errors } = await outcomeOf(child);
  return { code, output: output + errors };
}

const judged = (command: string) =>
  sandbox(
    command,
    "--engine",
    "embedded",
    "--policy-pack",
    pack,
    "--policy-pack-config",
    `${workspace.directory}/policies.json`,
  );

/** What the stack owns, by the last part of the URN. */
async function owned(): Promise<Record<string, string>> {
  const ledger = JSON.parse((await sandbox("ledger")).output) as Record<string, string>;
  return Object.fromEntries(Object.entries(ledger).map(([urn, identity]) => [urn.split("::").at(-1)!, identity]));
}

it("refuses to replace a database or to delete a key until the stack's configuration names it", async () => {
  const began = await judged("up");
  expect(began.code).toBe(0);
  expect(began.output).not.toContain("preview first");
  const first = await owned();
  expect(Object.keys(first).sort()).toEqual(["errands", "records", "vault"]);
  expect(first.vault).toMatch(/^arn:aws:kms:us-east-1:\d{12}:key\//);

  workspace.write("index.js", program("second", ""));
  for (const command of ["preview", "up"]) {
    const { code, output } = await judged(command);
    expect(output).toContain("records is being replaced");
    expect(output).toContain("vault is being deleted");
    expect(output).not.toContain("errands is being");
    expect(code).toBe(1);
  }
  expect(await owned()).toEqual(first);

  workspace.write("Pulumi.dev.yaml", "config:\n  aws:region: us-east-1\n  policy:acknowledge: [records]\n");
  const partly = await judged("up");
  expect(partly.output).toContain("vault is being deleted");
  expect(partly.output).not.toContain("records is being replaced");
  expect(await owned()).toEqual(first);

  workspace.write("Pulumi.dev.yaml", "config:\n  aws:region: us-east-1\n  policy:acknowledge: [records, vault]\n");
  expect(await judged("up")).toMatchObject({ code: 0, output: expect.stringContaining("preview first") as string });
  expect(Object.keys(await owned()).sort()).toEqual(["errands", "records"]);

  // What was acknowledged once is nothing to ask about any more, and what stays is.
  workspace.write("Pulumi.dev.yaml", "config:\n  aws:region: us-east-1\n");
  expect(await judged("up")).toMatchObject({ code: 0 });
  workspace.write("index.js", program("third", ""));
  expect((await judged("preview")).output).toContain("records is being replaced");
}, 180_000);

it("makes a ledger of what `pulumi stack export` wrote", async () => {
  const state = (urn: string, more: object) => ({ urn: `urn:pulumi:prod::shop::${urn}`, custom: true, ...more });
  const resources = [
    state("pulumi:pulumi:Stack::shop-prod", { type: "pulumi:pulumi:Stack", custom: false }),
    state("pulumi:providers:aws::aws", { type: "pulumi:providers:aws", id: "1", outputs: {} }),
    state("aws:kms/key:Key::vault", { type: "aws:kms/key:Key", id: "k-1", outputs: { arn: "arn:k-1" } }),
    state("aws:ec2/vpc:Vpc::net", { type: "aws:ec2/vpc:Vpc", id: "vpc-1", outputs: { arn: { secret: true } } }),
    state("aws:kms/key:Key::old", { type: "aws:kms/key:Key", id: "k-0", outputs: { arn: "arn:k-0" }, delete: true }),
    state("aws:kms/key:Key::theirs", { type: "aws:kms/key:Key", id: "k-2", outputs: {}, external: true }),
  ];
  workspace.write("state.json", JSON.stringify({ version: 3, deployment: { manifest: {}, resources } }));
  const file = join(workspace.directory, "ledger.json");
  expect(await sandbox("ledger", "--from", join(workspace.directory, "state.json"), "--file", file)).toMatchObject({
    code: 0,
  });
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
    "urn:pulumi:prod::shop::aws:kms/key:Key::vault": "arn:k-1",
    "urn:pulumi:prod::shop::aws:ec2/vpc:Vpc::net": "vpc-1",
  });
});
