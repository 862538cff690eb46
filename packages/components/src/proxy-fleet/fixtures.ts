import { type Answers, recordedAccountId } from "../testing/recorded.ts";
import { testNetwork } from "../testing/test-network.ts";
import type { ProxyFleetArgs } from "./args.ts";

const arn = (service: string, rest: string) => `arn:aws:${service}:us-west-2:${recordedAccountId}:${rest}`;

/** ARNs that the tests speak of. */
export const testArns = {
  hotTierSecret: arn("secretsmanager", "secret:hot-tier-application"),
  hotTierKey: arn("kms", "key/hot-tier"),
  certificate: arn("acm", "certificate/proxies"),
  certificateSecret: arn("secretsmanager", "secret:proxy-certificate"),
  targetGroup: (name: string) => arn("elasticloadbalancing", `targetgroup/${name}/1`),
};

/** The smallest arguments, with others on top. */
export function testArgs(args: Partial<ProxyFleetArgs> = {}): ProxyFleetArgs {
  return {
    network: testNetwork,
    hotTier: {
      endpoint: "hot-tier.example",
      port: 6379,
      clientSecurityGroupId: "sg-hot-tier-clients",
      authSecretArn: testArns.hotTierSecret,
      keyArn: testArns.hotTierKey,
      certificateAuthorityPem: "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n",
    },
    certificateArn: testArns.certificate,
    certificateSecretArn: testArns.certificateSecret,
    kubernetesVersion: "1.36",
    ...args,
  };
}

/** What AWS and the remote cluster component answer. */
export const testAnswers: Answers = {
  region: "us-west-2",
  calls: { "aws:eks/getAddonVersion:getAddonVersion": ({ addonName }) => ({ version: `${String(addonName)}-newest` }) },
  outputs: {
    "eks:index:Cluster": (name) => ({
      eksCluster: { name },
      kubeconfigJson: "{}",
      clusterSecurityGroupId: `${name}-security-group`,
    }),
    "aws:ec2/launchTemplate:LaunchTemplate": () => ({ latestVersion: 1 }),
    "aws:lb/loadBalancer:LoadBalancer": (name) => ({ dnsName: `${name}.example`, arnSuffix: name, zoneId: "Z1" }),
    "aws:lb/targetGroup:TargetGroup": (name) => ({ arn: testArns.targetGroup(name), arnSuffix: name }),
    "aws:s3/bucket:Bucket": (name) => ({ bucket: name, arn: `arn:aws:s3:::${name}` }),
  },
};
