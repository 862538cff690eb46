import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const vpcId = new pulumi.Config().require("vpcId");
const tags = { Project: "shop", Environment: "development", Component: "orders", ManagedBy: "pulumi" };

const key = new aws.kms.Key("orders", { description: "Orders", enableKeyRotation: true, tags });

const admin = new aws.ec2.SecurityGroup("admin", {
  vpcId,
  description: "Who may administer the orders",
  tags: { ...tags, Name: "admin" },
});
new aws.vpc.SecurityGroupIngressRule("admin-ssh", {
  securityGroupId: admin.id,
  description: "SSH",
  ipProtocol: "tcp",
  fromPort: 22,
  toPort: 22,
  cidrIpv4: "0.0.0.0/0",
  tags,
});

const volume = new aws.ebs.Volume("orders", {
  availabilityZone: "eu-central-1a",
  size: 100,
  type: "gp3",
  tags: { ...tags, Name: "orders" },
});

export const volumeId = volume.id;
export const keyArn = key.arn;
