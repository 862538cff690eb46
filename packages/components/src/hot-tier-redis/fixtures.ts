import type { Answers } from "../testing/recorded.ts";
import { testNetwork } from "../testing/test-network.ts";
import type { HotTierRedisArgs } from "./args.ts";

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
