import type { NetworkPlacement } from "../network/placement.ts";
import type { Answers } from "../testing/recorded.ts";
import type { HotTierRedisArgs } from "./args.ts";

/** The network of the tests: three zones that offer every type which the hot tier may run on. */
export const testNetwork: NetworkPlacement = {
  region: "us-west-2",
  zoneIds: ["usw2-az1", "usw2-az2", "usw2-az3"],
  vpcId: "vpc-1",
  vpcCidrBlock: "10.66.128.0/18",
  publicSubnetIds: ["subnet-p1", "subnet-p2", "subnet-p3"],
  privateSubnetIds: ["subnet-w1", "subnet-w2", "subnet-w3"],
  dataSubnetIds: ["subnet-d1", "subnet-d2", "subnet-d3"],
};

/** The smallest arguments, with others on top. */
export function testArgs(args: Partial<HotTierRedisArgs> = {}): HotTierRedisArgs {
  return { network: testNetwork, ...args };
}

/** What AWS answers to the functions that the component calls. */
export const testAnswers: Answers = {
  region: "us-west-2",
  calls: {
    "aws:ssm/getParameter:getParameter": ({ name }) => ({ value: "ami-1", name }),
    "aws:secretsmanager/getRandomPassword:getRandomPassword": () => ({ randomPassword: "p".repeat(48) }),
    "aws:ec2/getManagedPrefixList:getManagedPrefixList": () => ({ id: "pl-s3" }),
  },
  outputs: {
    "aws:lb/loadBalancer:LoadBalancer": (name) => ({ dnsName: `${name}.elb.us-west-2.amazonaws.com` }),
    "aws:ec2/launchTemplate:LaunchTemplate": () => ({ latestVersion: 1 }),
    "aws:s3/bucket:Bucket": (name) => ({ bucket: name, arn: `arn:aws:s3:::${name}` }),
  },
};
