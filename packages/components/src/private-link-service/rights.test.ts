import { beforeAll, expect, test } from "vitest";
import { evaluate, type IamRequest } from "../testing/iam-evaluator.ts";
import { recorded, recordedAccountId, type Recording } from "../testing/recorded.ts";
import { PrivateLinkService } from "./private-link-service.ts";

const arnOf = (name: string) => `arn:aws:mock:us-east-1:${recordedAccountId}:${name}`;
let recording: Recording<PrivateLinkService>;

beforeAll(async () => {
  recording = await recorded(
    () =>
      new PrivateLinkService("inference", {
        network: {
          region: "us-east-1",
          zoneIds: ["use1-az1"],
          vpcId: "vpc-1",
          vpcCidrBlock: "10.66.0.0/18",
          publicSubnetIds: [],
          privateSubnetIds: [],
          dataSubnetIds: [],
        },
        nlbArns: ["arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/nlb/1"],
        tenants: [],
      }),
  );
});

const policyOf = (name: string) => recording.find(name).inputs.policy as string;

test("the acceptance function decides about its own service's connections, and no other's", () => {
  const may = (action: string, resource: string, context: IamRequest["context"] = {}) =>
    evaluate([policyOf("inference-acceptance-rights")], {
      principal: "arn:aws:iam::123456789012:role/inference-acceptance",
      action,
      resource,
      context,
    });
  expect(may("ec2:AcceptVpcEndpointConnections", arnOf("inference-service"))).toBe("allowed");
  expect(may("ec2:RejectVpcEndpointConnections", arnOf("inference-service"))).toBe("allowed");
  expect(may("ec2:AcceptVpcEndpointConnections", arnOf("another-service"))).toBe("denied by default");
  expect(may("ec2:ModifyVpcEndpointServicePermissions", arnOf("inference-service"))).toBe("denied by default");
  expect(may("sns:Publish", arnOf("inference-reports"))).toBe("allowed");
  expect(may("sns:Publish", arnOf("inference-events"))).toBe("denied by default");
  expect(may("sqs:ReceiveMessage", arnOf("inference-dead-letters"))).toBe("denied by default");
});

test("the function reads the registry and cannot write it", () => {
  const write = (action: string, keys?: string[]) =>
    evaluate([policyOf("inference-acceptance-rights")], {
      principal: "arn:aws:iam::123456789012:role/inference-acceptance",
      action,
      resource: arnOf("inference-ledger"),
      context: keys === undefined ? {} : { "dynamodb:LeadingKeys": keys },
    });
  expect(write("dynamodb:GetItem", ["tenant/111122223333"])).toBe("allowed");
  expect(write("dynamodb:PutItem", ["endpoint/vpce-1"])).toBe("allowed");
  expect(write("dynamodb:UpdateItem", ["seats/111122223333"])).toBe("allowed");
  expect(write("dynamodb:ConditionCheckItem", ["leaving/111122223333"])).toBe("allowed");
  expect(write("dynamodb:PutItem", ["tenant/111122223333"])).toBe("denied by default");
  expect(write("dynamodb:PutItem", ["endpoint/vpce-1", "tenant/111122223333"])).toBe("denied by default");
  expect(write("dynamodb:PutItem")).toBe("denied by default");
  expect(write("dynamodb:DeleteTable")).toBe("denied by default");
});

test("AWS services write for this account only", () => {
  const asked = (
    policy: string,
    principal: string,
    action: string,
    resource: string,
    context: Record<string, string>,
  ) => evaluate([policyOf(policy)], { principal, action, resource, context });
  const here = { "aws:SourceAccount": recordedAccountId, "aws:SourceArn": arnOf("inference-service") };
  const events = arnOf("inference-events");
  expect(asked("inference-events-policy", "vpce.amazonaws.com", "sns:Publish", events, here)).toBe("allowed");
  expect(
    asked("inference-events-policy", "vpce.amazonaws.com", "sns:Publish", events, {
      ...here,
      "aws:SourceAccount": "999988887777",
    }),
  ).toBe("denied by default");
  expect(
    asked("inference-events-policy", "vpce.amazonaws.com", "sns:Publish", events, {
      ...here,
      "aws:SourceArn": arnOf("other"),
    }),
  ).toBe("denied by default");
  const key = "inference-key";
  expect(asked(key, "vpce.amazonaws.com", "kms:GenerateDataKey", "*", here)).toBe("allowed");
  expect(asked(key, "cloudwatch.amazonaws.com", "kms:Decrypt", "*", here)).toBe("allowed");
  expect(asked(key, "vpce.amazonaws.com", "kms:GenerateDataKey", "*", { "aws:SourceAccount": "999988887777" })).toBe(
    "denied by default",
  );
  expect(asked(key, "vpce.amazonaws.com", "kms:ScheduleKeyDeletion", "*", here)).toBe("denied by default");
});
