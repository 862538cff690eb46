/** A secret is in clear in no file that a run leaves, and on no screen, whatever the program, a provider or a policy do with it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Crypter } from "../src/checkpoint/crypter.ts";
import { secretFilter, withoutSecrets } from "../src/engine/secret-filter.ts";
import { makeSecret } from "../src/engine/values.ts";
import { outcomeOf, startSandbox } from "./support/command.ts";
import { startTestProvider, type TestProvider } from "./support/test-provider.ts";
import { makeWorkspace, policyPackFiles, type Workspace } from "./support/workspace.ts";

const passphrase = "a passphrase";
/** In the stack's configuration, and made by the program. */
const configured = 'canary-"configured"-7f3a';
const made = "canary-made-91bd";

let provider: TestProvider;
let workspace: Workspace;
/** What the commands of a test printed. */
const shown: string[] = [];
beforeAll(async () => {
  provider = await startTestProvider();
});
afterAll(() => provider.stop());
afterEach(() => {
  workspace.remove();
  shown.length = 0;
});

/** A project with a secret in its configuration; the folder `pack` has a policy that quotes what it sees. */
async function project(program: string): Promise<void> {
  const crypter = await Crypter.create(passphrase);
  workspace = makeWorkspace({
    "Pulumi.dev.yaml": [
      `encryptionsalt: ${crypter.salt}`,
      "config:",
      "  aws:region: us-east-1",
      `  demo:key: { secure: "${crypter.encrypt(configured)}" }`,
      `  demo:nested: { deep: [{ secure: "${crypter.encrypt(`${configured}-deep`)}" }] }`,
    ].join("\n"),
    "index.js": `import * as pulumi from "@pulumi/pulumi";
import * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import { Thing } from "./thing.js";
const config = new pulumi.Config();
const key = config.requireSecret("key");
const made = pulumi.secret("${made}");
${program}`,
  });
  policyPackFiles(
    workspace,
    `{ name: "quoting", description: "Quotes.", enforcementLevel: "advisory",
       validateResource: (args, report) => report("found " + JSON.stringify(args.props)) },
     { name: "quoting-all", description: "Quotes.", enforcementLevel: "advisory",
       validateStack: (args, report) => report("all of " + JSON.stringify(args.resources.map(({ props }) => props))) }`,
  );
}

async function sandbox(...args: string[]): Promise<number | null> {
  const { code, output, errors } = await outcomeOf(
    startSandbox(workspace.directory, args, {
      PULUMI_DEBUG_PROVIDERS: `test:${provider.port}`,
      PULUMI_CONFIG_PASSPHRASE: passphrase,
    }),
  );
  shown.push(output, errors);
  return code;
}

/** Everything that the runs left and showed. */
function traces(): { name: string; text: string }[] {
  const files = readdirSync(join(workspace.directory, ".sandbox"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => ({ name: entry.name, text: readFileSync(join(entry.parentPath, entry.name), "latin1") }));
  return [...files, ...shown.map((text) => ({ name: "the screen", text }))];
}

/** The forms that a text takes on its way: as it is, in JSON, and in base64 at each of the three places of a byte. */
function formsOf(secret: string): string[] {
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.from("x".repeat(shift) + secret)
      .toString("base64")
      .slice(shift === 0 ? 0 : 4, -4),
  );
  return [secret, JSON.stringify(secret).slice(1, -1), ...base64, Buffer.from(secret).toString("hex")];
}

function expectNoCanary(): void {
  const everything = traces();
  expect(everything.length).toBeGreaterThan(2);
  for (const form of [configured, made].flatMap(formsOf))
    for (const { name, text } of everything)
      expect({ name, form, found: text.includes(form) }).toMatchObject({ found: false });
}

const dev = ["--stack", "dev", "--engine", "embedded"];
const operations = ["preview", "up", "refresh", "up", "destroy"];

describe("a secret", () => {
  it(
    "of the configuration or the program reaches resources, outputs, policies and logs unseen",
    { timeout: 120_000 },
    async () => {
      await project(`
new Thing("a", { value: key, list: [{ inner: made }], text: pulumi.interpolate\`before \${key} after\` });
new aws.ssm.Parameter("parameter", { type: "SecureString", value: key });
const secret = new aws.secretsmanager.Secret("secret", {});
const version = new aws.secretsmanager.SecretVersion("version", { secretId: secret.id, secretString: made });
new aws.rds.Instance("db", { instanceClass: "db.r6i.large", engine: "postgres", allocatedStorage: 20, username: "u", password: key, skipFinalSnapshot: true });
new aws.ec2.LaunchTemplate("template", { userData: key.apply((text) => Buffer.from(text).toString("base64")) });
new kubernetes.core.v1.Secret("kube", { stringData: { key }, data: { made: made.apply((text) => Buffer.from(text).toString("base64")) } });
console.log("the program prints", config.get("key"), config.get("nested"));
console.error("and complains about", config.get("key"));
pulumi.log.warn("a warning with " + config.get("key"));
export const output = key;
export const version2 = version.secretString;
`);
      const pack = ["--policy-pack", join(workspace.directory, "pack")];
      for (const operation of operations) {
        const judged = operation === "preview" || operation === "up" ? pack : [];
        expect(await sandbox(operation, ...dev, ...judged)).toBe(0);
        if (operation === "up") {
          expect(await sandbox("export", "--stack", "dev")).toBe(0);
          expect(await sandbox("up", ...dev, "--json", ...pack)).toBe(0);
          expect(await sandbox("report", "--stack", "dev", "--state")).toBe(0);
          expect(await sandbox("report", "--stack", "dev")).toBe(0);
        }
      }
      expectNoCanary();
    },
  );

  it("of the configuration is on no screen although the program gives it as a plain output", async () => {
    await project('export const plain = "key=" + config.get("key"); export const nested = config.get("nested");');
    expect(await sandbox("up", ...dev)).toBe(0);
    expect(await sandbox("up", ...dev, "--json")).toBe(0);
    expect(shown.join("\n")).toContain("plain: key=[secret]");
    expect(shown.join("\n")).toContain('"plain": "key=[secret]"');
    for (const form of formsOf(configured)) expect(shown.join("\n")).not.toContain(form);
  });

  it.each([
    ["a program throws", 'throw new Error("bad key " + config.get("key"));', "bad key [secret]"],
    ["a provider refuses", 'new Thing("a", { size: -1, value: key });', "must not be negative"],
    [
      "a provider fails with",
      'new Thing("a", { fail: "create", quote: made });',
      'asked to fail create, given "[secret]"',
    ],
    [
      "an enumeration has no room for",
      'new aws.rds.Instance("db", { instanceClass: "db.r6i.large", storageType: made, tags: { a: key } });',
      'property storageType value "[secret]" has a problem: must be one of',
    ],
    [
      "a nested property has no room for",
      'new aws.ec2.LaunchTemplate("t", { metadataOptions: pulumi.secret({ httpPutResponseHopLimit: config.get("key") }) });',
      "not this secret value",
    ],
  ])("that %s is not in the message", async (_name, program, message) => {
    await project(program);
    expect(await sandbox("up", ...dev)).toBe(1);
    expect(shown.join("\n")).toContain(message);
    expectNoCanary();
  });
});

describe("the filter", () => {
  it("hides longer secrets before those that they begin with, and leaves what everybody knows", () => {
    expect(secretFilter(["abc", "abcdef", "true", "7"])("abcdef abc true 7")).toBe("[secret] [secret] true 7");
    expect(secretFilter(['a"b"c'])(JSON.stringify({ x: 'a"b"c' }))).toBe('{"x":"[secret]"}');
    expect(withoutSecrets("port 5432 of host", { a: [makeSecret({ port: 5432 })], b: "host" }, undefined)).toBe(
      "port [secret] of host",
    );
  });
});
