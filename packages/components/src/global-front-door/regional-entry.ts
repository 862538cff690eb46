import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { runbook } from "../shared/runbook.ts";
import { named, type Tags } from "../shared/tags.ts";
import type { FrontDoorRegion, GlobalFrontDoorArgs } from "./args.ts";
import type { FrontDoorPlan } from "./front-door-plan.ts";

/** Region of Global Accelerator's API and metrics. */
const acceleratorRegion = "us-west-2";
const tlsPort = 443;

/** One region behind the accelerator: endpoint group, alarm, and what the load balancer has to let in. */
export function regionalEntry(
  name: string,
  plan: FrontDoorPlan,
  args: GlobalFrontDoorArgs,
  region: FrontDoorRegion,
  listener: aws.globalaccelerator.Listener,
  tags: Tags,
  parent: pulumi.Resource,
): aws.cloudwatch.MetricAlarm {
  const prefix = `${name}-${region.region}`;
  const dial = plan.regions.find((planned) => planned.region === region.region)?.trafficDialPercent;
  const group = new aws.globalaccelerator.EndpointGroup(
    prefix,
    {
      listenerArn: listener.arn,
      endpointGroupRegion: region.region,
      trafficDialPercentage: dial,
      // Health of a load balancer's endpoint is that of its targets; these are what the API wants to be told all the same.
      healthCheckProtocol: "TCP",
      healthCheckPort: tlsPort,
      healthCheckIntervalSeconds: 10,
      thresholdCount: 2,
      endpointConfigurations: [
        {
          endpointId: reachable(region, parent),
          weight: 128,
          clientIpPreservationEnabled: plan.preserveClientAddress,
        },
      ],
    },
    // During an evacuation the dial is turned by the command; an `up` in the middle must not turn it back.
    { parent, ignoreChanges: ["trafficDialPercentage"] },
  );
  const actions = args.alarmActionArns ?? [];
  const alarm = new aws.cloudwatch.MetricAlarm(
    `${prefix}-unhealthy`,
    {
      alarmDescription: `Global Accelerator sees no healthy load balancer in ${region.region}. ${runbook("global-front-door", "unhealthy")}`,
      namespace: "AWS/GlobalAccelerator",
      metricName: "HealthyEndpointCount",
      dimensions: {
        Accelerator: listener.acceleratorArn.apply(lastPart),
        Listener: listener.arn.apply(lastPart),
        EndpointGroup: group.arn.apply(lastPart),
      },
      statistic: "Minimum",
      period: 60,
      evaluationPeriods: 2,
      threshold: 1,
      comparisonOperator: "LessThanThreshold",
      treatMissingData: "missing",
      alarmActions: actions,
      okActions: actions,
      region: acceleratorRegion,
      tags: named(`${prefix}-unhealthy`, tags),
    },
    { parent },
  );
  admit(prefix, plan, region, tags, parent);
  return alarm;
}

/** The load balancer's ARN, known once its VPC is seen to have the internet gateway that the accelerator needs. */
function reachable(region: FrontDoorRegion, parent: pulumi.Resource): pulumi.Output<string> {
  if (region.vpcId === undefined) {
    return pulumi.output(region.nlbArn);
  }
  const gateway = aws.ec2.getInternetGatewayOutput(
    { filters: [{ name: "attachment.vpc-id", values: [region.vpcId] }], region: region.region },
    { parent },
  );
  return pulumi.all([region.nlbArn, gateway.internetGatewayId]).apply(([arn]) => arn);
}

function admit(
  prefix: string,
  plan: FrontDoorPlan,
  region: FrontDoorRegion,
  tags: Tags,
  parent: pulumi.Resource,
): void {
  if (region.nlbSecurityGroupId === undefined) {
    return;
  }
  const securityGroupId = region.nlbSecurityGroupId;
  const rule = (key: string, description: string, cidrIpv4: pulumi.Input<string>): void => {
    new aws.vpc.SecurityGroupIngressRule(
      `${prefix}-in-${key}`,
      {
        securityGroupId,
        description,
        ipProtocol: "tcp",
        fromPort: tlsPort,
        toPort: tlsPort,
        cidrIpv4,
        region: region.region,
        tags: named(`${prefix}-in-${key}`, tags),
      },
      { parent },
    );
  };
  if (plan.preserveClientAddress) {
    for (const cidr of plan.clientCidrs) {
      rule(cidr.replace(/[./]/g, "-"), `Public tenants in ${cidr}`, cidr);
    }
  } else if (region.vpcCidrBlock !== undefined) {
    rule("accelerator", "Global Accelerator's interfaces in this VPC", region.vpcCidrBlock);
  }
}

/** The id at the end of an ARN, as the metrics' dimensions have it. */
function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}
