import { beforeAll, describe, expect, it } from "vitest";
import { evaluate } from "../testing/iam-evaluator.ts";
import { recorded, recordedAccountId, type Recording } from "../testing/recorded.ts";
import { testAnswers, testArgs, testArns } from "./fixtures.ts";
import { ProxyFleet } from "./proxy-fleet.ts";

const region = "us-west-2";
let recording: Recording<unknown>;

beforeAll(async () => {
  recording = await recorded(() => new ProxyFleet("proxies", testArgs()), testAnswers);
});

/** Whether a role's own policies allow an action. */
function may(role: string, action: string, resource: string, context: Record<string, string> = {}): boolean {
  const policies = recording
    .ofType("aws:iam/rolePolicy:RolePolicy")
    .filter(({ name }) => name === `${role}-policy`)
    .map(({ inputs }) => inputs.policy as string);
  expect(policies).toHaveLength(1);
  const principal = `arn:aws:iam::${recordedAccountId}:role/${role}`;
  return evaluate(policies, { principal, action, resource, context }) === "allowed";
}

describe("a proxy's role", () => {
  const role = "proxies-pod-role";
  const viaSecrets = { "kms:ViaService": `secretsmanager.${region}.amazonaws.com` };

  it("reads the two secrets and no third", () => {
    const read = "secretsmanager:GetSecretValue";
    expect(may(role, read, testArns.hotTierSecret)).toBe(true);
    expect(may(role, read, testArns.certificateSecret)).toBe(true);
    expect(may(role, read, `${testArns.hotTierSecret}-other`)).toBe(false);
    expect(may(role, "secretsmanager:PutSecretValue", testArns.hotTierSecret)).toBe(false);
  });

  it("decrypts through Secrets Manager alone", () => {
    expect(may(role, "kms:Decrypt", testArns.hotTierKey, viaSecrets)).toBe(true);
    expect(may(role, "kms:Decrypt", testArns.hotTierKey)).toBe(false);
    expect(may(role, "kms:Decrypt", `${testArns.hotTierKey}-2`, viaSecrets)).toBe(false);
  });
});

describe("the autoscaler's role", () => {
  const role = "proxies-autoscaling-aws-role";
  const group = `arn:aws:autoscaling:${region}:${recordedAccountId}:autoScalingGroup:1:autoScalingGroupName/eks`;
  const owned = (cluster: string) => ({ [`aws:ResourceTag/k8s.io/cluster-autoscaler/${cluster}`]: "owned" });

  it("resizes the groups of its cluster and no other", () => {
    for (const action of ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"]) {
      expect(may(role, action, group, owned("proxies"))).toBe(true);
      expect(may(role, action, group, owned("another"))).toBe(false);
      expect(may(role, action, group)).toBe(false);
    }
    expect(may(role, "autoscaling:DescribeAutoScalingGroups", "*")).toBe(true);
    expect(may(role, "autoscaling:UpdateAutoScalingGroup", group, owned("proxies"))).toBe(false);
  });
});

describe("the load balancer controller's role", () => {
  const role = "proxies-lbc-aws-role";

  it("joins pods to the fleet's two target groups", () => {
    for (const targets of ["proxies-requests", "proxies-admin-targets"]) {
      expect(may(role, "elasticloadbalancing:RegisterTargets", testArns.targetGroup(targets))).toBe(true);
      expect(may(role, "elasticloadbalancing:DeregisterTargets", testArns.targetGroup(targets))).toBe(true);
    }
    expect(may(role, "elasticloadbalancing:RegisterTargets", testArns.targetGroup("foreign"))).toBe(false);
  });

  it.each([
    "elasticloadbalancing:CreateLoadBalancer",
    "elasticloadbalancing:DeleteTargetGroup",
    "elasticloadbalancing:ModifyListener",
    "ec2:AuthorizeSecurityGroupIngress",
    "ec2:CreateSecurityGroup",
    "iam:CreateServiceLinkedRole",
  ])("does not allow %s, which upstream's policy does", (action) => {
    expect(may(role, action, testArns.targetGroup("proxies-requests"))).toBe(false);
  });
});

describe("roles of pods", () => {
  it("are handed out by EKS in this account alone", () => {
    const trusts = recording
      .ofType("aws:iam/role:Role")
      .map(({ name, inputs }) => ({ name, policy: inputs.assumeRolePolicy as string }))
      .filter(({ policy }) => policy.includes("pods.eks.amazonaws.com"));
    expect(trusts.map(({ name }) => name).sort()).toEqual([
      "proxies-autoscaling-aws-role",
      "proxies-aws-ebs-csi-driver-role",
      "proxies-lbc-aws-role",
      "proxies-pod-role",
      "proxies-vpc-cni-role",
    ]);
    for (const { policy, name } of trusts) {
      const ask = (account: string, service = "pods.eks.amazonaws.com") =>
        evaluate([policy], {
          principal: service,
          action: "sts:AssumeRole",
          resource: "*",
          context: { "aws:SourceAccount": account },
        });
      expect(ask(recordedAccountId), name).toBe("allowed");
      expect(ask("210987654321"), name).not.toBe("allowed");
      expect(ask(recordedAccountId, "ec2.amazonaws.com"), name).not.toBe("allowed");
    }
  });
});
