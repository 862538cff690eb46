import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unknownString } from "./support/harness.ts";

// The protocol's messages only work with the copies that the SDK itself loads.
const load = createRequire(createRequire(import.meta.url).resolve("@pulumi/policy/package.json"));
/* eslint-disable @typescript-eslint/no-explicit-any -- generated stubs without types */
const grpc = load("@grpc/grpc-js") as any;
const analyzer = load("@pulumi/pulumi/proto/analyzer_pb") as any;
const services = load("@pulumi/pulumi/proto/analyzer_grpc_pb") as any;
const { Struct } = load("google-protobuf/google/protobuf/struct_pb") as any;
const { Empty } = load("google-protobuf/google/protobuf/empty_pb") as any;

const folder = join(import.meta.dirname, "..");
const tags = { Project: "mrgc", Environment: "production", ManagedBy: "pulumi", Component: "test" };

interface Diagnostic {
  policy: string;
  message: string;
  urn: string;
  level: "advisory" | "mandatory";
}

interface Resource {
  type: string;
  name: string;
  props: Record<string, unknown>;
  dependencies?: Record<string, string[]>;
}

const urn = ({ type, name }: Pick<Resource, "type" | "name">) => `urn:pulumi:dev::test::${type}::${name}`;

function fill(message: any, { type, name, props }: Resource): any {
  return message
    .setType(type)
    .setName(name)
    .setUrn(urn({ type, name }))
    .setProperties(Struct.fromJavaScript(props))
    .setOptions(new analyzer.AnalyzerResourceOptions());
}

describe("the pack in a process of its own", () => {
  let child: ChildProcess;
  let client: any;

  const call = <Response>(method: string, request: unknown) =>
    new Promise<Response>((resolve, reject) => {
      client[method](request, (error: Error | null, response: Response) =>
        error === null ? resolve(response) : reject(error),
      );
    });
  const read = (response: any): Diagnostic[] =>
    response.getDiagnosticsList().map((diagnostic: any) => ({
      policy: diagnostic.getPolicyname(),
      message: diagnostic.getMessage(),
      urn: diagnostic.getUrn(),
      level: diagnostic.getEnforcementlevel() === analyzer.EnforcementLevel.MANDATORY ? "mandatory" : "advisory",
    }));
  const analyze = async (resource: Resource) =>
    read(await call("analyze", fill(new analyzer.AnalyzeRequest(), resource)));
  const analyzeStack = async (resources: Resource[]) => {
    const request = new analyzer.AnalyzeStackRequest().setResourcesList(
      resources.map((resource) => {
        const message = fill(new analyzer.AnalyzerResource(), resource);
        for (const [property, urns] of Object.entries(resource.dependencies ?? {})) {
          message
            .getPropertydependenciesMap()
            .set(property, new analyzer.AnalyzerPropertyDependencies().setUrnsList(urns));
        }
        return message;
      }),
    );
    return read(await call("analyzeStack", request));
  };
  const configure = async (config: Record<string, { level?: string; properties?: Record<string, unknown> }>) => {
    const info: any = await call("getAnalyzerInfo", new Empty());
    const request = new analyzer.ConfigureAnalyzerRequest();
    const initial = info.getInitialconfigMap();
    for (const policy of info.getPoliciesList()) {
      const name = policy.getName() as string;
      const own = config[name];
      const message = new analyzer.PolicyConfig();
      message.setEnforcementlevel(
        own?.level === undefined
          ? (initial.get(name)?.getEnforcementlevel() ?? policy.getEnforcementlevel())
          : analyzer.EnforcementLevel[own.level.toUpperCase()],
      );
      message.setProperties(Struct.fromJavaScript(own?.properties ?? {}));
      request.getPolicyconfigMap().set(name, message);
    }
    await call("configure", request);
  };

  beforeAll(async () => {
    const runner = createRequire(join(folder, "package.json")).resolve("@pulumi/pulumi/cmd/run-policy-pack");
    child = spawn(process.execPath, [runner, "127.0.0.1:1", folder], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const port = await new Promise<string>((resolve, reject) => {
      let errors = "";
      child.stderr?.on("data", (chunk: Buffer) => (errors += chunk.toString()));
      child.stdout?.once("data", (chunk: Buffer) => {
        resolve(chunk.toString().trim());
      });
      child.once("exit", () => {
        reject(new Error(errors));
      });
    });
    client = new services.AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    await configure({});
  });

  afterAll(() => {
    client?.close();
    child?.kill();
  });

  it("tells the engine of every policy, with its level in the baseline", async () => {
    const info: any = await call("getAnalyzerInfo", new Empty());
    const names = info.getPoliciesList().map((policy: any) => policy.getName() as string);
    expect(names).toContain("ebs-encrypted");
    expect(names).toContain("cannot-tell");
    expect(new Set(names).size).toBe(names.length);
  });

  it.each([
    [
      "a data subnet made public",
      {
        type: "aws:ec2/subnet:Subnet",
        name: "data-a",
        props: { cidrBlock: "10.0.0.0/24", mapPublicIpOnLaunch: true, tags },
      },
      "subnet-no-public-ip",
      "mapPublicIpOnLaunch",
    ],
    [
      "an unencrypted volume",
      {
        type: "aws:ebs/volume:Volume",
        name: "cache",
        props: { kmsKeyId: "arn:aws:kms:us-east-1:111122223333:key/1", tags },
      },
      "ebs-encrypted",
      "encrypted",
    ],
    [
      "a missing tag",
      {
        type: "aws:sns/topic:Topic",
        name: "alarms",
        props: { kmsMasterKeyId: "alias/mine", tags: { ...tags, Component: undefined } },
      },
      "required-tags",
      "Component",
    ],
  ])("%s is stopped, naming rule, resource and mend", async (_what, resource, policy, place) => {
    const found = await analyze(JSON.parse(JSON.stringify(resource)) as Resource);
    expect(found.map((diagnostic) => diagnostic.policy)).toEqual([policy]);
    expect(found[0]?.level).toBe("mandatory");
    expect(found[0]?.message).toContain(resource.name);
    expect(found[0]?.message).toContain(place);
    expect(found[0]?.message).toContain("Mend:");
  });

  it("reports what it cannot tell once the stack is known, and not where the graph settles it", async () => {
    const key: Resource = { type: "aws:kms/key:Key", name: "key", props: { enableKeyRotation: true, tags } };
    const settled: Resource = {
      type: "aws:cloudwatch/logGroup:LogGroup",
      name: "settled",
      props: { kmsKeyId: unknownString, retentionInDays: 365, tags },
      dependencies: { kmsKeyId: [urn(key)] },
    };
    const open: Resource = { ...settled, name: "open", dependencies: {} };
    for (const resource of [key, settled, open]) {
      expect(await analyze(resource)).toEqual([]);
    }
    const found = (await analyzeStack([key, settled, open])).filter(({ policy }) => policy === "cannot-tell");
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ urn: urn(open), level: "advisory" });
    expect(found[0]?.message).toContain("kmsKeyId is not known before `up` (customer-key)");
    expect(await analyze({ ...open, props: { ...open.props, kmsKeyId: "alias/mine" } })).toEqual([]);
    expect((await analyzeStack([key, settled, open])).filter(({ policy }) => policy === "cannot-tell")).toEqual([]);
  });

  it("honours a suppression with reason, owner and end, lists it, and refuses one that is past", async () => {
    const bare: Resource = { type: "aws:sqs/queue:Queue", name: "jobs", props: { sqsManagedSseEnabled: true } };
    const suppression = {
      rule: "required-tags",
      resource: "jobs",
      reason: "imported, tagged by its owner",
      owner: "platform@example.com",
    };
    const marker = (expires: string): Resource => ({
      type: "mrgc:policy:Suppression",
      name: "jobs-required-tags",
      props: { ...suppression, expires },
    });
    expect((await analyze(bare)).map(({ policy }) => policy)).toEqual(["required-tags"]);
    expect(
      (await analyze(marker("2020-01-01"))).map(({ policy, message }) => `${policy}: ${message}`).join(),
    ).toContain("expired on 2020-01-01");
    expect((await analyze(bare)).map(({ policy }) => policy)).toEqual(["required-tags"]);
    expect(await analyze(marker("2999-01-01"))).toEqual([]);
    expect(await analyze(bare)).toEqual([]);
    const report = (await analyzeStack([bare])).find(({ policy }) => policy === "suppressions-report");
    expect(report?.message).toContain(
      "jobs is excepted from required-tags until 2999-01-01, by platform@example.com: imported, tagged by its owner",
    );
  });

  it("takes suppressions and settings from the configuration", async () => {
    const queue: Resource = {
      type: "aws:sqs/queue:Queue",
      name: "batch",
      props: { sqsManagedSseEnabled: true, tags: { Team: "x" } },
    };
    const suppress = [{ resource: "ba*", reason: "a trial", owner: "platform@example.com", expires: "2999-01-01" }];
    await configure({ "required-tags": { properties: { suppress } } });
    expect(await analyze(queue)).toEqual([]);
    await configure({ "required-tags": { properties: { suppress: [{ ...suppress[0], expires: "2020-01-01" }] } } });
    expect((await analyze(queue))[0]?.message).toContain("expired on 2020-01-01");
    await configure({ "required-tags": { properties: { keys: ["Team"] } } });
    expect(await analyze(queue)).toEqual([]);
    await configure({ "required-tags": { level: "disabled" } });
    expect(await analyze({ ...queue, props: { sqsManagedSseEnabled: true } })).toEqual([]);
    await configure({});
  });

  it("adds the tag that can be derived, beside an unknown one, when the level is remediate", async () => {
    await configure({ "required-tags": { level: "remediate" } });
    const request = fill(new analyzer.AnalyzeRequest(), {
      type: "aws:sqs/queue:Queue",
      name: "jobs",
      props: { name: unknownString, tags: { Project: "mrgc", Component: unknownString } },
    });
    const response: any = await call("remediate", request);
    const [remediation] = response.getRemediationsList();
    expect(remediation.getPolicyname()).toBe("required-tags");
    expect(remediation.getProperties().toJavaScript()).toEqual({
      name: unknownString,
      tags: { Project: "mrgc", Component: unknownString, ManagedBy: "pulumi" },
    });
    await configure({});
  });

  it("says the same of a stack whether or not it saw the root resource, which is when it learns the rules' settings", async () => {
    const root: Resource = { type: "pulumi:pulumi:Stack", name: "test-dev", props: {} };
    const peer: Resource = {
      type: "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
      name: "partner",
      props: { tags },
    };
    const bucket: Resource = { type: "aws:s3/bucket:Bucket", name: "open", props: { tags } };
    const service: Resource = {
      type: "aws:ec2/vpcEndpointService:VpcEndpointService",
      name: "service",
      props: { acceptanceRequired: true, allowedPrincipals: ["arn:aws:iam::210987654321:root"], tags },
    };
    const stack = [root, peer, bucket, service];
    const config = {
      "tenants-registered": { properties: { tenants: ["111122223333"] } },
      "s3-tls-only": { level: "disabled" },
    };
    await configure(config);
    const before = await analyzeStack(stack);
    await analyze(root);
    const after = await analyzeStack(stack);
    expect(after).toEqual(before);
    expect(after.map(({ policy }) => policy)).toContain("tenants-registered");
    expect(after.map(({ policy }) => policy)).toContain("s3-bucket-encrypted");
    expect(after.map(({ policy }) => policy)).not.toContain("s3-tls-only");
    await configure({});
    await analyze(root);
    expect((await analyzeStack(stack)).map(({ policy }) => policy)).not.toContain("tenants-registered");
  });

  it("answers many requests at once as it answers one", async () => {
    const resources = Array.from({ length: 60 }, (_, index): Resource =>
      index % 2 === 0
        ? { type: "aws:ebs/volume:Volume", name: `volume-${index}`, props: { kmsKeyId: "alias/mine", tags } }
        : { type: "aws:sns/topic:Topic", name: `topic-${index}`, props: { tags } },
    );
    const answers = await Promise.all(resources.map(analyze));
    answers.forEach((found, index) => {
      expect(found.map(({ policy }) => policy)).toEqual([index % 2 === 0 ? "ebs-encrypted" : "sns-encrypted"]);
    });
  });
});
