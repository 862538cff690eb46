import * as pulumi from "@pulumi/pulumi";
import type { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";

/** A resource that a program registered, as the engine would have seen it. */
export interface RecordedResource {
  /** Such as `aws:ec2/subnet:Subnet`. */
  type: string;
  /** Logical name. */
  name: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what a provider takes has no type of its own here
  inputs: Record<string, any>;
  urn: string;
  /** The parent's urn; empty for the program's own resources. */
  parent: string;
  /** Urns of the resources that it was registered after, by `dependsOn` or through its inputs: it is deleted before them. */
  dependencies: string[];
  /** Properties that only count when it is created. */
  ignoreChanges: string[];
  /** Whether it stays when the program no longer has it. */
  retainOnDelete: boolean;
  /** How long its deletion may take, such as `20m`; empty for the provider's own time. */
  deleteTimeout: string;
}

/** What a provider would have answered. */
export interface Answers {
  /** Default: `us-east-1`. */
  region?: string;
  /** Whether the program runs as a preview. Default: false. */
  preview?: boolean;
  /** Outputs of a resource beside its inputs, by type; the name is given because ids and ARNs are made of it. */
  outputs?: Record<string, (name: string, inputs: Record<string, unknown>) => Record<string, unknown>>;
  /** Results of provider functions by token, such as `aws:ec2/getAmi:getAmi`, beside those of every AWS account. */
  calls?: Record<string, (inputs: Record<string, unknown>) => Record<string, unknown>>;
}

/** What a program did: its result, and the resources it registered in order. */
export interface Recording<Result> {
  result: Result;
  resources: RecordedResource[];
  /** The one resource with this name, of this type when several types share the name. @throws when there is not exactly one. */
  find(name: string, type?: string): RecordedResource;
  /** All resources of a type. */
  ofType(type: string): RecordedResource[];
  /** `type::name` of all of them, sorted: what must not change (a rename is a replacement). */
  identities(): string[];
}

/** The account that recorded programs run in. */
export const recordedAccountId = "123456789012";

/** Runs a program without a provider and records the resources that it registers. Unknown provider functions are refused. */
export async function recorded<Result>(program: () => Result, answers: Answers = {}): Promise<Recording<Result>> {
  const resources: RecordedResource[] = [];
  const region = answers.region ?? "us-east-1";
  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ type, name, inputs }) => ({
      id: `${name}-id`,
      state: {
        ...(type.startsWith("aws:") ? { arn: `arn:aws:mock:${region}:${recordedAccountId}:${name}`, name } : {}),
        ...inputs,
        ...(answers.outputs?.[type] ?? defaultOutputs[type])?.(name, inputs as Record<string, unknown>),
      },
    }),
    call: ({ token, inputs }) => {
      const call = answers.calls?.[token] ?? accountCalls(region)[token];
      if (call === undefined) {
        throw new Error(`the program called ${token}, and the test says nothing about it: give it in answers.calls`);
      }
      return call(inputs as Record<string, unknown>);
    },
  };
  await pulumi.runtime.setMocks(mocks, "mrgc", "test", answers.preview ?? false);
  record(pulumi.runtime.getMonitor() as unknown as MockMonitor, resources);
  let result: Result;
  try {
    result = program();
  } finally {
    // What was registered before an error is still on its way; it must not arrive in the next recording.
    await pulumi.runtime.disconnect();
  }
  return {
    result,
    resources,
    find: (name, type) => {
      const found = resources.filter(
        (resource) => resource.name === name && (type === undefined || resource.type === type),
      );
      const [only] = found;
      if (only === undefined || found.length > 1) {
        throw new Error(`${found.length} resources are named ${name}: ${found.map((entry) => entry.type).join(", ")}`);
      }
      return only;
    },
    ofType: (type) => resources.filter((resource) => resource.type === type),
    identities: () => resources.map(({ type, name }) => `${type}::${name}`).sort(),
  };
}

/** The value of an output that is known. */
export function valueOf<Value>(output: pulumi.Output<Value>): Promise<Value> {
  return new Promise((resolve) => {
    output.apply(resolve as (value: unknown) => void);
  });
}

/** Notes what a mock monitor is asked to register, before it answers. */
function record(monitor: MockMonitor, resources: RecordedResource[]): void {
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = async (request, callback) => {
    const resource: RecordedResource = {
      type: request.getType(),
      name: request.getName(),
      inputs: pulumi.runtime.deserializeProperties(request.getObject()) as RecordedResource["inputs"],
      urn: "",
      parent: request.getParent(),
      dependencies: request.getDependenciesList(),
      ignoreChanges: request.getIgnorechangesList(),
      retainOnDelete: request.getRetainondelete(),
      deleteTimeout: request.getCustomtimeouts()?.getDelete() ?? "",
    };
    resources.push(resource);
    await register(request, (error: unknown, response: { getUrn(): string } | undefined) => {
      resource.urn = response?.getUrn() ?? "";
      callback(error, response);
    });
  };
}

function zoneLetters(count: number): string[] {
  return [..."abcdefgh"].slice(0, count);
}

/** What any account answers. */
function accountCalls(region: string): NonNullable<Answers["calls"]> {
  return {
    "aws:index/getCallerIdentity:getCallerIdentity": () => ({
      accountId: recordedAccountId,
      arn: `arn:aws:iam::${recordedAccountId}:user/test`,
      id: recordedAccountId,
      userId: "TEST",
    }),
    "aws:index/getPartition:getPartition": () => ({
      partition: "aws",
      dnsSuffix: "amazonaws.com",
      reverseDnsPrefix: "com.amazonaws",
      id: "aws",
    }),
    "aws:secretsmanager/getRandomPassword:getRandomPassword": () => ({ randomPassword: "aRandomPassword1" }),
    "aws:ssm/getParameter:getParameter": ({ name }) => ({ name, value: `value of ${String(name)}` }),
    "aws:index/getRegion:getRegion": () => ({ region, id: region, name: region, description: region }),
    "aws:index/getAvailabilityZones:getAvailabilityZones": (inputs) => {
      const filters = (inputs.filters ?? []) as { name: string; values: string[] }[];
      const zoneIds = filters.find((filter) => filter.name === "zone-id")?.values ?? [];
      return { zoneIds, names: zoneLetters(zoneIds.length).map((letter) => `${region}${letter}`), id: region };
    },
  };
}

/** What the remote VPC component answers: ids made of the names that its children have. */
const defaultOutputs: NonNullable<Answers["outputs"]> = {
  "awsx:ec2:Vpc": (name, inputs) => {
    const zones = (inputs.availabilityZoneNames as string[]).length;
    const specs = inputs.subnetSpecs as { type: string; name: string }[];
    const perZone = (type: string) =>
      Array.from({ length: zones }, (_, zone) =>
        specs.filter((spec) => spec.type === type).map((spec) => `${name}-${spec.name}-${zone + 1}`),
      ).flat();
    const all = ["Public", "Private", "Isolated"].flatMap(perZone);
    return {
      vpcId: `${name}-id`,
      publicSubnetIds: perZone("Public"),
      privateSubnetIds: perZone("Private"),
      isolatedSubnetIds: perZone("Isolated"),
      routeTables: all.map((subnet) => ({ id: `${subnet}-routes` })),
      natGateways: Array.from({ length: zones }, (_, zone) => ({ id: `${name}-nat-${zone + 1}` })),
    };
  },
};
