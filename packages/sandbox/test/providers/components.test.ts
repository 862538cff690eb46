import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RunKind } from "../../src/engine/stack-set.ts";
import { startProviders, type RunningProviders } from "../../src/providers/index.ts";
import { makeWorkspace, runDev, type Workspace } from "../support/workspace.ts";

let workspace: Workspace;
let providers: RunningProviders;

beforeEach(async () => {
  workspace = makeWorkspace();
  providers = await startProviders({ cloudDir: `${workspace.directory}/cloud` });
});

afterEach(async () => {
  await providers.stop();
  workspace.remove();
});

async function report(kind: RunKind, program: string) {
  workspace.write("index.js", program);
  const addresses = Object.fromEntries(
    Object.entries(providers.ports).map(([name, port]) => [name, `127.0.0.1:${port}`]),
  );
  return runDev(kind, workspace, 0, { endpoints: Promise.resolve(addresses) });
}

/** Runs the program with the sandbox's own providers; each step as `kind type name`, providers and stack left out. */
async function steps(kind: RunKind, program: string): Promise<string[]> {
  const { diagnostics, succeeded, steps: records } = await report(kind, program);
  expect({ succeeded, diagnostics }).toEqual({ succeeded: true, diagnostics: [] });
  return records
    .map((step) => ({
      kind: step.kind,
      type: (step.urn.split("::")[2] ?? "").split("$").at(-1) ?? "",
      name: step.urn.split("::").at(-1),
    }))
    .filter(({ type }) => !type.startsWith("pulumi:"))
    .map(({ kind: step, type, name }) => `${step} ${type} ${name}`)
    .sort();
}

const head = `
import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as eks from "@pulumi/eks";
import * as k8s from "@pulumi/kubernetes";
const provider = new aws.Provider("east", { region: "us-east-2" });
const options = { providers: { aws: provider } };
`;

const network = `${head}
const vpc = new awsx.ec2.Vpc("net", {
  cidrBlock: "10.66.0.0/18",
  availabilityZoneNames: ["us-east-2a", "us-east-2b"],
  subnetStrategy: "Auto",
  subnetSpecs: [
    { type: "Isolated", name: "data", cidrBlocks: ["10.66.2.0/24", "10.66.18.0/24"] },
    { type: "Private", name: "apps", cidrBlocks: ["10.66.1.0/24", "10.66.17.0/24"] },
    { type: "Public", name: "edge", cidrBlocks: ["10.66.0.0/24", "10.66.16.0/24"] },
  ],
  natGateways: { strategy: "Single" },
}, options);
`;

describe("awsx:ec2:Vpc", () => {
  it("registers the children of the plugin, and nothing the second time", async () => {
    const subnet = (name: string): string[] => [
      `create aws:ec2/routeTable:RouteTable ${name}`,
      `create aws:ec2/routeTableAssociation:RouteTableAssociation ${name}`,
      `create aws:ec2/subnet:Subnet ${name}`,
    ];
    const expected = [
      "create awsx:ec2:Vpc net",
      "create aws:ec2/vpc:Vpc net",
      "create aws:ec2/internetGateway:InternetGateway net",
      ...["net-data-1", "net-data-2", "net-apps-1", "net-apps-2", "net-edge-1", "net-edge-2"].flatMap(subnet),
      // One gateway for both zones; isolated subnets have no route.
      "create aws:ec2/eip:Eip net-1",
      "create aws:ec2/natGateway:NatGateway net-1",
      ...["net-apps-1", "net-apps-2", "net-edge-1", "net-edge-2"].map((name) => `create aws:ec2/route:Route ${name}`),
    ];
    expect(await steps(RunKind.Up, network)).toEqual(expected.sort());
    expect((await steps(RunKind.Up, network)).filter((step) => !step.startsWith("same "))).toEqual([]);
  });

  it.each([
    [
      "an argument that it does not play",
      "ipv4IpamPoolId: 'pool', subnetSpecs: [], natGateways: { strategy: 'None' }, vpcEndpointStrategy: 'Auto'",
      "vpcEndpointStrategy",
    ],
    [
      "overlapping blocks",
      "availabilityZoneNames: ['us-east-2a'], natGateways: { strategy: 'None' }, subnetSpecs: [{ type: 'Private', cidrBlocks: ['10.0.0.0/24'] }, { type: 'Isolated', cidrBlocks: ['10.0.0.128/25'] }]",
      "overlap",
    ],
    [
      "a gap in an exact layout",
      "availabilityZoneNames: ['us-east-2a'], subnetStrategy: 'Exact', natGateways: { strategy: 'None' }, subnetSpecs: [{ type: 'Private', cidrBlocks: ['10.0.0.0/24'] }]",
      "gaps",
    ],
  ])("refuses %s", async (_what, args, message) => {
    const { succeeded, diagnostics } = await report(
      RunKind.Preview,
      `${head} new awsx.ec2.Vpc("net", { ${args} }, options);`,
    );
    expect(succeeded).toBe(false);
    expect(diagnostics.map((each) => each.message).join()).toContain(message);
  });
});

const service = `${network}
const cluster = new aws.ecs.Cluster("router", {}, { provider });
new awsx.ecs.FargateService("router", {
  cluster: cluster.arn,
  networkConfiguration: { subnets: vpc.privateSubnetIds },
  taskDefinitionArgs: { container: { name: "router", image: "router:1", cpu: 512, memory: 1024, essential: true } },
}, options);
`;

it("awsx:ecs:FargateService: log group, roles, task definition and service", async () => {
  const made = (await steps(RunKind.Preview, service)).filter((step) => step.includes(" router"));
  expect(made).toEqual([
    "create aws:cloudwatch/logGroup:LogGroup router",
    "create aws:ecs/cluster:Cluster router",
    "create aws:ecs/service:Service router",
    "create aws:ecs/taskDefinition:TaskDefinition router",
    "create aws:iam/role:Role router-execution",
    "create aws:iam/role:Role router-task",
    // sha1 of the managed policy's ARN, eight digits.
    "create aws:iam/rolePolicyAttachment:RolePolicyAttachment router-execution-9a42f520",
    "create awsx:ecs:FargateService router",
    "create awsx:ecs:FargateTaskDefinition router",
  ]);
});

const fleet = `${network}
const cluster = new eks.Cluster("fleet", {
  name: "fleet",
  version: "1.36",
  vpcId: vpc.vpcId,
  privateSubnetIds: vpc.privateSubnetIds,
  authenticationMode: "API",
  skipDefaultNodeGroup: true,
  skipDefaultSecurityGroups: true,
  useDefaultVpcCni: true,
  kubeProxyAddonOptions: { enabled: false },
}, options);
const inside = { provider: new k8s.Provider("inside", { kubeconfig: cluster.kubeconfigJson }) };
new k8s.core.v1.Namespace("prism", { metadata: { name: "prism" } }, inside);
new k8s.core.v1.ConfigMap("settings", { data: { level: "info" } }, inside);
`;

it("eks:index:Cluster: the service role and the cluster; its kubeconfig reaches objects inside", async () => {
  const made = (await steps(RunKind.Up, fleet)).filter((step) => /fleet|prism|settings/.test(step));
  expect(made).toEqual([
    "create aws:eks/cluster:Cluster fleet-eksCluster",
    "create aws:iam/role:Role fleet-eksRole-role",
    // sha1 of the managed policy's ARN, eight digits.
    "create aws:iam/rolePolicyAttachment:RolePolicyAttachment fleet-eksRole-4b490823",
    "create eks:index:Cluster fleet",
    "create eks:index:ServiceRole fleet-eksRole",
    "create kubernetes:core/v1:ConfigMap settings",
    "create kubernetes:core/v1:Namespace prism",
  ]);
  const again = await steps(RunKind.Up, fleet.replace("info", "debug"));
  expect(again.filter((step) => !step.startsWith("same "))).toEqual(["update kubernetes:core/v1:ConfigMap settings"]);
});
