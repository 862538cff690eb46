/** The embedded engine leads to the same steps as a real CLI. Without a CLI this is reported as skipped, with the reason. */
import { describe, expect, it } from "vitest";
import { compareEngines, missingCli, scenesWithPreviews, usualScenes } from "./support/conformance.ts";
import { startTestProvider } from "./support/test-provider.ts";
import { makeWorkspace } from "./support/workspace.ts";

const reason = missingCli();

const testProviders = async () => {
  const provider = await startTestProvider();
  return { debugProviders: `test:${provider.port}`, stop: () => provider.stop() };
};

const head = `import * as pulumi from "@pulumi/pulumi";
import { Thing } from "./thing.js";
const config = new pulumi.Config();
const size = config.getNumber("size") ?? 1;
const zone = config.get("zone") ?? "x";
`;

const programs: { name: string; body: string; changed: Record<string, string>; scenes?: typeof usualScenes }[] = [
  {
    name: "values that flow from one resource to the next, secrets and assets",
    changed: { "demo:size": "2" },
    body: `
const a = new Thing("a", { value: size });
const b = new Thing("b", { value: a.echo, hidden: pulumi.secret("s") });
new Thing("c", { value: b.address, list: [a.id, { deep: b.echo }] }, { dependsOn: a });
new Thing("files", { asset: new pulumi.asset.StringAsset("size " + size), archive: new pulumi.asset.AssetArchive({ "x.txt": new pulumi.asset.StringAsset("x"), dir: new pulumi.asset.FileArchive("./folder") }) });
export const address = b.address;
`,
  },
  {
    name: "replacements that create first, and their dependents",
    changed: { "demo:zone": "y" },
    body: `
const a = new Thing("a", { zone });
const b = new Thing("b", { zone: a.address });
new Thing("c", { value: b.address });
new Thing("protected", { zone: "stay" }, { protect: false });
`,
  },
  {
    scenes: scenesWithPreviews,
    name: "replacements that delete first, with the dependents that cannot stay",
    changed: { "demo:zone": "y" },
    body: `
const a = new Thing("a", { zone }, { deleteBeforeReplace: true });
const b = new Thing("b", { zone: a.address });
const c = new Thing("c", { value: b.address });
new Thing("with", { value: 1 }, { deletedWith: a });
new Thing("trigger", { value: 1 }, { replacementTrigger: zone });
`,
  },
  {
    name: "components, parents, providers, options and resources that come and go",
    changed: { "demo:size": "2" },
    body: `
class Box extends pulumi.ComponentResource {
  constructor(name, options) { super("demo:index:Box", name, {}, options); }
}
const provider = new pulumi.ProviderResource("test", "explicit", { region: "r1" });
const box = new Box("box", { providers: [provider] });
const inner = new Thing("box-inner", { value: size }, { parent: box });
new Thing("ignoring", { value: { keep: size, change: 1 } }, { ignoreChanges: ["value.keep"], parent: inner });
new Thing("forced", { value: size }, { replaceOnChanges: ["value"] });
if (size === 1) new Thing("going", { value: inner.address }, { parent: box });
else new Thing("coming", { value: inner.address }, { parent: box });
box.registerOutputs({ address: inner.address });
export const address = inner.address;
`,
  },
];

describe.skipIf(reason)(reason ?? "the same steps from the embedded engine and the CLI", () => {
  it.each(programs)("$name", { timeout: 900_000 }, async ({ body, changed, scenes = usualScenes }) => {
    const workspace = makeWorkspace({ "index.js": head + body, "folder/one.txt": "1", "folder/sub/two.txt": "2" });
    try {
      for (const { scene, embedded, cli } of await compareEngines(
        workspace.directory,
        ["dev"],
        scenes(changed),
        testProviders,
      )) {
        expect({ scene, steps: embedded }).toEqual({ scene, steps: cli });
        expect(cli.length).toBeGreaterThan(1);
      }
    } finally {
      workspace.remove();
    }
  });
});
