import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { judgeAll, judgeOne, rule, type Given, unknownString } from "./support/harness.ts";

const group = "aws:ec2/securityGroup:SecurityGroup";
const template = "aws:ec2/launchTemplate:LaunchTemplate";
const ingressRule = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const acl = "aws:ec2/networkAcl:NetworkAcl";
const key = "aws:kms/key:Key";
const role = "aws:iam/role:Role";
const policy = "aws:iam/policy:Policy";
const bucketPolicy = "aws:s3/bucketPolicy:BucketPolicy";
const deployment = "kubernetes:apps/v1:Deployment";
const base64 = (text: string) => Buffer.from(text, "utf8").toString("base64");
const credential = `export AWS_ACCESS_KEY_ID=${"AKIA"}IOSFODNN7EXAMPLE\n`;
const script = `#!/bin/bash\nset -euo pipefail\necho "a line that makes the document long enough to be noticed"\n${credential}`;
const multipart = [
  'Content-Type: multipart/mixed; boundary="==b=="',
  "MIME-Version: 1.0",
  "",
  "--==b==",
  'Content-Type: text/x-shellscript; charset="us-ascii"',
  "Content-Transfer-Encoding: base64",
  "",
  base64(script),
  "--==b==--",
].join("\n");
const statement = (body: object) => JSON.stringify({ Version: "2012-10-17", Statement: body });
const pods = (pod: object) => ({ spec: { template: { spec: pod } } });
const ssh = { protocol: "tcp", fromPort: 22, toPort: 22, description: "x" };

/** What somebody might write to get past a rule, and the rule that has to stop it. */
const evasions: [what: string, ruleId: string, type: string, props: Record<string, unknown>][] = [
  ["IPv6 instead of IPv4", "ssh-not-open", group, { ingress: [{ ...ssh, ipv6CidrBlocks: ["::/0"] }] }],
  ["IPv6 written in full", "ssh-not-open", group, { ingress: [{ ...ssh, ipv6CidrBlocks: ["0000:0000:0000:0000:0000:0000:0000:0000/0"] }] }],
  ["all of global unicast, which is not ::/0", "ssh-not-open", group, { ingress: [{ ...ssh, ipv6CidrBlocks: ["2000::/3"] }] }],
  ["two halves in one rule", "ssh-not-open", group, { ingress: [{ ...ssh, cidrBlocks: ["0.0.0.0/1", "128.0.0.0/1"] }] }],
  ["two halves in two rules", "ssh-not-open", group, { ingress: [{ ...ssh, cidrBlocks: ["0.0.0.0/1"] }, { ...ssh, cidrBlocks: ["128.0.0.0/1"] }] }],
  ["32 slices of /5", "rdp-not-open", group, { ingress: [{ ...ssh, fromPort: 3389, toPort: 3389, cidrBlocks: Array.from({ length: 32 }, (_, n) => `${n * 8}.0.0.0/5`) }] }],
  ["host bits in the range", "ssh-not-open", group, { ingress: [{ ...ssh, cidrBlocks: ["1.2.3.4/0"] }] }],
  ["`self` first, the open rule behind it", "ssh-not-open", group, { ingress: [{ ...ssh, self: true }, { ...ssh, cidrBlocks: ["0.0.0.0/0"] }] }],
  ["`self` and the world in one rule", "ssh-not-open", group, { ingress: [{ ...ssh, self: true, cidrBlocks: ["0.0.0.0/0"] }] }],
  ["a prefix list beside the world", "ssh-not-open", group, { ingress: [{ ...ssh, prefixListIds: ["pl-1"], cidrBlocks: ["0.0.0.0/0"] }] }],
  ["a wide range of ports", "ssh-not-open", group, { ingress: [{ protocol: "tcp", fromPort: 1, toPort: 1024, cidrBlocks: ["0.0.0.0/0"] }] }],
  ["protocol `all` instead of -1", "all-ports-not-open", ingressRule, { ipProtocol: "all", cidrIpv4: "0.0.0.0/0", securityGroupId: "sg-1" }],
  ["protocol -1 without ports", "ssh-not-open", ingressRule, { ipProtocol: "-1", cidrIpv4: "0.0.0.0/0", securityGroupId: "sg-1" }],
  ["TCP by its number", "ssh-not-open", group, { ingress: [{ ...ssh, protocol: "6", cidrBlocks: ["0.0.0.0/0"] }] }],
  ["ports as text", "ssh-not-open", group, { ingress: [{ ...ssh, fromPort: "22", toPort: "22", cidrBlocks: ["0.0.0.0/0"] }] }],
  ["one block instead of a list", "ssh-not-open", group, { ingress: { ...ssh, cidrBlocks: "0.0.0.0/0" } }],
  ["the default group's own type", "ssh-not-open", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", { ingress: [{ ...ssh, cidrBlocks: ["0.0.0.0/0"] }] }],
  ["the hot tier's cluster bus", "data-ports-not-open", ingressRule, { ipProtocol: "tcp", fromPort: 16379, toPort: 16379, cidrIpv4: "0.0.0.0/0", securityGroupId: "sg-1" }],
  ["an open port of nobody's list", "public-ports-declared", ingressRule, { ipProtocol: "tcp", fromPort: 8443, toPort: 8443, cidrIpv4: "0.0.0.0/0", securityGroupId: "sg-1" }],
  ["443 over UDP, declared for TCP", "public-ports-declared", ingressRule, { ipProtocol: "udp", fromPort: 443, toPort: 443, cidrIpv4: "0.0.0.0/0", securityGroupId: "sg-1" }],
  ["a denial behind the opening entry", "nacl-ssh-not-open", acl, { ingress: [{ ruleNo: 200, action: "deny", protocol: "-1", cidrBlock: "0.0.0.0/0" }, { ruleNo: 100, action: "allow", protocol: "-1", cidrBlock: "0.0.0.0/0" }] }],
  ["a denial of half the internet", "nacl-ssh-not-open", acl, { ingress: [{ ruleNo: 50, action: "deny", protocol: "-1", cidrBlock: "0.0.0.0/1" }, { ruleNo: 100, action: "allow", protocol: "-1", cidrBlock: "0.0.0.0/0" }] }],
  ["a public address on the second interface", "instance-no-public-ip", template, { networkInterfaces: [{ associatePublicIpAddress: "false" }, { associatePublicIpAddress: "true" }] }],
  ["a boolean as text", "instance-no-public-ip", "aws:ec2/instance:Instance", { associatePublicIpAddress: "True" }],
  ["an IPv6 address instead", "instance-no-public-ip", "aws:ec2/instance:Instance", { ipv6AddressCount: 1 }],
  ["IPv6 on every launch in a subnet", "subnet-no-public-ip", "aws:ec2/subnet:Subnet", { assignIpv6AddressOnCreation: true }],
  ["an alias of the load balancer's type", "load-balancer-internal", "aws:alb/loadBalancer:LoadBalancer", { internal: false }],
  ["an older module's type", "load-balancer-internal", "aws:elasticloadbalancingv2/loadBalancer:LoadBalancer", {}],
  ["an alias of the bucket's type", "s3-acl-private", "aws:s3/bucketV2:BucketV2", { acl: "public-read" }],
  ["every AWS account instead of everybody", "s3-acl-private", "aws:s3/bucketAcl:BucketAcl", { accessControlPolicy: { grants: [{ permission: "READ", grantee: { type: "Group", uri: "http://acs.amazonaws.com/groups/global/AuthenticatedUsers" } }] } }],
  ["credentials in base64", "no-secrets-in-user-data", template, { userData: base64(script) }],
  ["credentials in gzip in base64", "no-secrets-in-user-data", template, { userData: gzipSync(script).toString("base64") }],
  ["credentials in base64 twice", "no-secrets-in-user-data", template, { userData: base64(base64(script)) }],
  ["credentials in a part of a multipart message", "no-secrets-in-user-data", template, { userData: base64(multipart) }],
  ["credentials in a file that cloud-init writes", "no-secrets-in-user-data", template, { userData: `#cloud-config\nwrite_files:\n- encoding: b64\n  content: ${base64(script)}\n` }],
  ["credentials in the other property", "no-secrets-in-user-data", "aws:ec2/instance:Instance", { userDataBase64: base64(script) }],
  ["a password in a connection URL", "no-secrets-in-environment", "aws:lambda/function:Function", { environment: { variables: { DATABASE: "postgres://app:hunter2horse@db.internal:5432/app" } } }],
  ["a secret in container definitions", "no-secrets-in-environment", "aws:ecs/taskDefinition:TaskDefinition", { containerDefinitions: JSON.stringify([{ name: "a", environment: [{ name: "DB_PASSWORD", value: "correct-horse" }] }]) }],
  ["NotAction instead of Action", "iam-no-star-action", policy, { policy: statement([{ Effect: "Allow", NotAction: ["iam:*"], Resource: "*" }]) }],
  ["NotAction and NotResource: all but a little", "iam-no-admin", policy, { policy: statement([{ Effect: "Allow", NotAction: "s3:GetObject", NotResource: "arn:aws:s3:::a" }]) }],
  ["one statement that is no list", "iam-no-admin", policy, { policy: statement({ Effect: "Allow", Action: "*", Resource: "*" }) }],
  ["the star as *:*", "iam-no-star-action", policy, { policy: statement([{ Effect: "Allow", Action: ["*:*"], Resource: "arn:aws:s3:::a" }]) }],
  ["iam in parts", "iam-no-full-iam", policy, { policy: statement([{ Effect: "Allow", Action: ["iam:C*", "iam:D*", "iam:U*", "iam:S*"], Resource: "*" }]) }],
  ["passing any role", "iam-no-privilege-escalation", policy, { policy: statement([{ Effect: "Allow", Action: "iam:Pass*", Resource: "*" }]) }],
  ["an inline policy of the role", "iam-no-admin", role, { assumeRolePolicy: statement([]), inlinePolicies: [{ name: "x", policy: statement([{ Effect: "Allow", Action: "*", Resource: "*" }]) }] }],
  ["element names in lower case", "iam-no-admin", policy, { policy: JSON.stringify({ statement: [{ effect: "Allow", action: "*", resource: "*" }] }) }],
  ["a policy as an object", "kms-policy-no-wildcard", key, { policy: { Statement: [{ Effect: "Allow", Principal: "*", Action: "kms:*", Resource: "*" }] } }],
  ["a principal in a list of a kind", "kms-policy-no-wildcard", key, { policy: statement([{ Effect: "Allow", Principal: { AWS: ["arn:aws:iam::111122223333:root", "*"] }, Action: "kms:*", Resource: "*" }]) }],
  ["NotPrincipal in an Allow", "s3-policy-no-everybody", bucketPolicy, { policy: statement([{ Effect: "Allow", NotPrincipal: { AWS: "arn:aws:iam::111122223333:root" }, Action: "s3:GetObject", Resource: "*" }]) }],
  ["a condition with a wildcard for a value", "s3-policy-no-everybody", bucketPolicy, { policy: statement([{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "*", Condition: { StringLike: { "aws:PrincipalOrgID": "*" } } }]) }],
  ["a condition that a caller may leave out", "s3-policy-no-everybody", bucketPolicy, { policy: statement([{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "*", Condition: { StringEqualsIfExists: { "aws:PrincipalOrgID": "o-1" } } }]) }],
  ["a condition that says nothing about who", "s3-policy-no-everybody", bucketPolicy, { policy: statement([{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "*", Condition: { Bool: { "aws:SecureTransport": "true" } } }]) }],
  ["all accounts but one", "s3-policy-no-everybody", bucketPolicy, { policy: statement([{ Effect: "Allow", Principal: "*", Action: "s3:*", Resource: "*", Condition: { ArnNotEquals: { "aws:PrincipalArn": "arn:aws:iam::111122223333:root" } } }]) }],
  ["a second statement without attestation", "kms-no-decrypt-without-attestation", key, { policy: statement([{ Effect: "Allow", Principal: { AWS: "r" }, Action: "kms:Decrypt", Resource: "*", Condition: { StringEqualsIgnoreCase: { "kms:RecipientAttestation:ImageSha384": "a".repeat(96) } } }, { Effect: "Allow", Principal: { AWS: "r" }, Action: "kms:*", Resource: "*" }]) }],
  ["attestation only if it exists", "kms-no-decrypt-without-attestation", key, { policy: statement([{ Effect: "Allow", Principal: { AWS: "r" }, Action: "kms:Decrypt", Resource: "*", Condition: { StringEqualsIgnoreCase: { "kms:RecipientAttestation:PCR0": "a".repeat(96) } } }, { Effect: "Allow", Principal: { AWS: "s" }, Action: "kms:Dec*", Resource: "*", Condition: { StringEqualsIfExists: { "kms:RecipientAttestation:PCR0": "a".repeat(96) } } }]) }],
  ["a measurement as a pattern", "attestation-measurement-exact", key, { policy: statement([{ Effect: "Allow", Principal: { AWS: "r" }, Action: "kms:Decrypt", Resource: "*", Condition: { StringLike: { "kms:RecipientAttestation:PCR0": "*" } } }]) }],
  ["the zeros of debug mode", "attestation-measurement-exact", key, { policy: statement([{ Effect: "Allow", Principal: { AWS: "r" }, Action: "kms:Decrypt", Resource: "*", Condition: { StringEqualsIgnoreCase: { "kms:RecipientAttestation:PCR0": "0".repeat(96) } } }]) }],
  ["AWS's own key by ARN", "customer-key", "aws:secretsmanager/secret:Secret", { kmsKeyId: "arn:aws:kms:us-east-1:111122223333:alias/aws/secretsmanager" }],
  ["an unencrypted second device", "ebs-encrypted", template, { blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { encrypted: "true" } }, { deviceName: "/dev/xvdb", ebs: { volumeSize: 1 } }] }],
  ["a privileged init container", "pod-not-privileged", deployment, pods({ initContainers: [{ name: "a", image: "a:1", securityContext: { privileged: true } }], containers: [{ name: "b", image: "b:1" }] })],
  ["a privileged cron job", "pod-not-privileged", "kubernetes:batch/v1:CronJob", { spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: "a", securityContext: { privileged: true } }] } } } } } }],
  ["a patch instead of the object", "pod-no-host-namespaces", "kubernetes:apps/v1:DaemonSetPatch", pods({ hostNetwork: true, containers: [] })],
  ["root on the container, not root on the pod", "pod-non-root", deployment, pods({ securityContext: { runAsNonRoot: true }, containers: [{ name: "a", securityContext: { runAsUser: 0 } }] })],
  ["a digest's look without one", "pod-image-pinned", deployment, pods({ containers: [{ name: "a", image: "registry.internal:5000/proxy" }] })],
  ["everything in a Helm release", "helm-release-transparent", "kubernetes:helm.sh/v3:Release", { chart: "x" }],
  ["everybody, as an ARN", "endpoint-service-principals", "aws:ec2/vpcEndpointService:VpcEndpointService", { acceptanceRequired: true, allowedPrincipals: ["arn:aws:iam::*:root"] }],
  ["a principal resource of its own", "endpoint-service-principals", "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple", { principalArn: "*" }],
  ["HTTP to a redirect that stays HTTP", "listener-tls", "aws:lb/listener:Listener", { port: 80, protocol: "HTTP", defaultActions: [{ type: "redirect", redirect: { protocol: "HTTP", statusCode: "HTTP_301" } }] }],
  ["a redirect first, a forward behind it", "listener-tls", "aws:lb/listener:Listener", { port: 80, protocol: "HTTP", defaultActions: [{ type: "redirect", redirect: { protocol: "HTTPS" } }, { type: "forward", targetGroupArn: "x" }] }],
  ["the TLS 1.3 policy that still takes 1.0", "listener-tls-policy", "aws:lb/listener:Listener", { port: 443, protocol: "TLS", sslPolicy: "ELBSecurityPolicy-TLS13-1-0-2021-06" }],
  ["tags in another case", "required-tags", "aws:sqs/queue:Queue", { tags: { project: "a", environment: "b", managedBy: "c", component: "d" } }],
  ["tags that are empty", "required-tags", "aws:sqs/queue:Queue", { tags: { Project: "", Environment: "", ManagedBy: "", Component: "" } }],
  ["tags that stay on the group", "asg-tags-propagate", "aws:autoscaling/group:Group", { tags: [{ key: "Project", value: "a", propagateAtLaunch: "false" }] }],
  ["volumes without tags", "launch-template-tags", template, { tagSpecifications: [{ resourceType: "instance", tags: { Project: "a", Environment: "b", ManagedBy: "c", Component: "d" } }] }],
  ["a task with a public address, started by a schedule", "ecs-service-no-public-ip", "aws:scheduler/schedule:Schedule", { target: { ecsParameters: { networkConfiguration: { assignPublicIp: true } } } }],
  ["a task with a public address, started by an event", "ecs-service-no-public-ip", "aws:cloudwatch/eventTarget:EventTarget", { ecsTarget: { networkConfiguration: { assignPublicIp: true } } }],
  ["a task with a public address, started by a pipe", "ecs-service-no-public-ip", "aws:pipes/pipe:Pipe", { targetParameters: { ecsTaskParameters: { networkConfiguration: { awsVpcConfiguration: { assignPublicIp: "ENABLED" } } } } }],
  ["a public address in a spot fleet's second specification", "instance-no-public-ip", "aws:ec2/spotFleetRequest:SpotFleetRequest", { launchSpecifications: [{}, { associatePublicIpAddress: true }] }],
  ["a spot fleet without a template, which cannot ask for IMDSv2", "imdsv2", "aws:ec2/spotFleetRequest:SpotFleetRequest", { launchSpecifications: [{ ami: "ami-1", instanceType: "g6e.2xlarge" }] }],
  ["a spot fleet's SSH key", "no-ssh-key", "aws:ec2/spotFleetRequest:SpotFleetRequest", { launchSpecifications: [{ keyName: "mine" }] }],
  ["credentials in a spot fleet's user data", "no-secrets-in-user-data", "aws:ec2/spotFleetRequest:SpotFleetRequest", { launchSpecifications: [{ userData: base64(script) }] }],
  ["a spot fleet's volume in the clear", "ebs-encrypted", "aws:ec2/spotFleetRequest:SpotFleetRequest", { launchSpecifications: [{ rootBlockDevices: [{ encrypted: true }], ebsBlockDevices: [{ deviceName: "/dev/xvdb" }] }] }],
  ["a search domain outside any VPC", "database-not-public", "aws:opensearch/domain:Domain", { clusterConfig: {} }],
  ["brokers with public addresses", "database-not-public", "aws:msk/cluster:Cluster", { brokerNodeGroupInfo: { connectivityInfo: { publicAccess: { type: "SERVICE_PROVIDED_EIPS" } } } }],
  ["a time series database with a public address", "database-not-public", "aws:timestreaminfluxdb/dbInstance:DbInstance", { publiclyAccessible: true }],
  ["a load balancer that comes with an express service", "load-balancer-internal", "aws:ecs/expressGatewayService:ExpressGatewayService", { primaryContainer: { image: "a" } }],
  ["everybody at an access point", "s3-policy-no-everybody", "aws:s3control/accessPointPolicy:AccessPointPolicy", { policy: statement([{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "*" }]) }],
  ["everybody on an event bus", "queue-topic-policy-not-public", "aws:cloudwatch/eventBusPolicy:EventBusPolicy", { policy: statement([{ Effect: "Allow", Principal: "*", Action: "events:PutEvents", Resource: "*" }]) }],
  ["a secret of a Batch job", "no-secrets-in-environment", "aws:batch/jobDefinition:JobDefinition", { containerProperties: JSON.stringify({ environment: [{ name: "DB_PASSWORD", value: "correct-horse" }] }) }],
  ["a secret of a Batch job on ECS", "no-secrets-in-environment", "aws:batch/jobDefinition:JobDefinition", { ecsProperties: JSON.stringify({ taskProperties: [{ containers: [{ environment: [{ name: "DB_PASSWORD", value: "correct-horse" }] }] }] }) }],
  ["a secret of a build", "no-secrets-in-environment", "aws:codebuild/project:Project", { environment: { environmentVariables: [{ name: "REGION", value: "us-east-1" }, { name: "API_KEY", value: "correct-horse" }] } }],
  ["a secret of an App Runner service", "no-secrets-in-environment", "aws:apprunner/service:Service", { sourceConfiguration: { imageRepository: { imageConfiguration: { runtimeEnvironmentVariables: { API_KEY: "correct-horse" } } } } }],
  ["a secret of an express service", "no-secrets-in-environment", "aws:ecs/expressGatewayService:ExpressGatewayService", { primaryContainer: { image: "a", environments: [{ name: "API_KEY", value: "correct-horse" }] } }],
  ["an image for everybody", "copies-not-public", "aws:ec2/amiLaunchPermission:AmiLaunchPermission", { imageId: "ami-1", group: "all" }],
  ["an image for everybody in the second region", "copies-not-public", "aws:imagebuilder/distributionConfiguration:DistributionConfiguration", { distributions: [{ region: "us-east-1" }, { region: "us-west-2", amiDistributionConfiguration: { launchPermission: { userGroups: ["all"] } } }] }],
  ["a database's snapshot for everybody", "copies-not-public", "aws:rds/clusterSnapshot:ClusterSnapshot", { sharedAccounts: ["111122223333", "all"] }],
  ["a document for everybody", "copies-not-public", "aws:ssm/document:Document", { permissions: { type: "Share", account_ids: "All" } }],
]; // prettier-ignore

/** What looks like those and is what somebody sensible writes. */
const sensible: typeof evasions = [
  ["a schedule that calls a function", "ecs-service-no-public-ip", "aws:scheduler/schedule:Schedule", { target: { arn: "arn:aws:lambda:us-east-1:111122223333:function:a" } }],
  ["a task of an event without an address", "ecs-service-no-public-ip", "aws:cloudwatch/eventTarget:EventTarget", { ecsTarget: { networkConfiguration: { subnets: ["subnet-1"] } } }],
  ["a spot fleet of a template", "imdsv2", "aws:ec2/spotFleetRequest:SpotFleetRequest", { launchTemplateConfigs: [{ launchTemplateSpecification: { id: "lt-1", version: "1" } }] }],
  ["a spot fleet of a template", "ebs-encrypted", "aws:ec2/spotFleetRequest:SpotFleetRequest", { launchTemplateConfigs: [{ launchTemplateSpecification: { id: "lt-1", version: "1" } }] }],
  ["a search domain in a VPC", "database-not-public", "aws:opensearch/domain:Domain", { vpcOptions: { subnetIds: ["subnet-1"] } }],
  ["brokers without public addresses", "database-not-public", "aws:msk/cluster:Cluster", { brokerNodeGroupInfo: { clientSubnets: ["subnet-1"] } }],
  ["an express service in subnets", "load-balancer-internal", "aws:ecs/expressGatewayService:ExpressGatewayService", { networkConfigurations: [{ subnets: ["subnet-1"], securityGroups: ["sg-1"] }] }],
  ["a build that names its secret", "no-secrets-in-environment", "aws:codebuild/project:Project", { environment: { environmentVariables: [{ name: "API_KEY", value: "ci/key:api", type: "SECRETS_MANAGER" }] } }],
  ["a Batch job that names its secret", "no-secrets-in-environment", "aws:batch/jobDefinition:JobDefinition", { containerProperties: JSON.stringify({ environment: [{ name: "REGION", value: "us-east-1" }], secrets: [{ name: "API_KEY", valueFrom: "arn:aws:secretsmanager:us-east-1:111122223333:secret:a" }] }) }],
  ["calls of Cloud Map, which are limited by a condition key alone", "iam-resources-named", policy, { policy: statement([{ Effect: "Allow", Action: ["servicediscovery:RegisterInstance", "servicediscovery:ListInstances"], Resource: "*", Condition: { StringEquals: { "servicediscovery:ServiceArn": "arn:aws:servicediscovery:us-east-1:111122223333:service/srv-1" } } }]) }],
  ["an image for the organization", "copies-not-public", "aws:ec2/amiLaunchPermission:AmiLaunchPermission", { imageId: "ami-1", organizationArn: "arn:aws:organizations::111122223333:organization/o-1" }],
  ["a document of this account", "copies-not-public", "aws:ssm/document:Document", { content: "{}" }],
]; // prettier-ignore

describe("evasions", () => {
  it("are at least forty", () => {
    expect(evasions.length).toBeGreaterThanOrEqual(40);
  });

  it.each(evasions)("%s: %s", (_what, ruleId, type, props) => {
    const judged = rule(ruleId);
    if (judged.scope !== "resource") {
      throw new Error(`${ruleId} judges stacks`);
    }
    expect(judged.types === "*" || judged.types.includes(type)).toBe(true);
    expect(judgeOne(judged, { type, name: "x", props }).result).toBe("broken");
  });

  it.each(sensible)("no false alarm: %s: %s", (_what, ruleId, type, props) => {
    const judged = rule(ruleId);
    expect(judged.scope === "resource" && judgeOne(judged, { type, name: "x", props }).result).toBe("holds");
  });

  it("a policy as an Output is no pass", () => {
    const judged = rule("iam-no-admin");
    expect(
      judged.scope === "resource" &&
        judgeOne(judged, { type: policy, name: "x", props: { policy: unknownString } }).result,
    ).toBe("cannot tell");
  });

  it("the world in a prefix list", () => {
    const stack: Given[] = [
      {
        type: "aws:ec2/managedPrefixList:ManagedPrefixList",
        name: "partners",
        props: { entries: [{ cidr: "0.0.0.0/1" }] },
      },
      {
        type: "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry",
        name: "more",
        props: { prefixListId: unknownString, cidr: "128.0.0.0/1" },
        from: { prefixListId: ["partners"] },
      },
      {
        type: ingressRule,
        name: "in",
        props: { ipProtocol: "tcp", fromPort: 22, toPort: 22, prefixListId: unknownString },
        from: { prefixListId: ["partners"] },
      },
    ];
    expect(judgeAll(rule("prefix-list-not-open"), stack).findings.map(({ urn }) => urn)).toEqual([
      "urn:pulumi:dev::test::aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule::in",
    ]);
  });
});
