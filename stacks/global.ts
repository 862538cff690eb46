import * as aws from "@pulumi/aws";
import * as mrgc from "@mrgc/components";
import * as pulumi from "@pulumi/pulumi";
import type { GlobalSettings } from "./settings.ts";
import { toldOf } from "./watch-settings.ts";

/** Region of Global Accelerator's API and metrics; the accelerator itself has none. */
const acceleratorApiRegion = "us-west-2";

/** What spans the regions. It reads their stacks' outputs and owns nothing of theirs. */
export function globalStack(settings: GlobalSettings): Record<string, unknown> {
  const provider = new aws.Provider("aws", { region: acceleratorApiRegion });
  const regions = settings.regions.map((region) => {
    const stack = new pulumi.StackReference(`${pulumi.getOrganization()}/${pulumi.getProject()}/${region}`);
    const output = (name: string) => stack.requireOutput(name) as pulumi.Output<string>;
    return {
      region,
      nlbArn: output("nlbArn"),
      nlbDnsName: output("nlbDnsName"),
      nlbZoneId: output("nlbZoneId"),
      nlbSecurityGroupId: output("nlbSecurityGroupId"),
      vpcId: output("vpcId"),
      vpcCidrBlock: output("vpcCidrBlock"),
    };
  });
  const frontDoor = new mrgc.GlobalFrontDoor(
    "mrgc-front-door",
    {
      regions,
      ...(settings.publicZoneId === undefined
        ? {}
        : { domainName: settings.serviceDomain, hostedZoneId: settings.publicZoneId }),
      tags: { Environment: settings.environment },
    },
    { provider },
  );
  const watch = new mrgc.Observability(
    "mrgc-watch-global",
    {
      region: acceleratorApiRegion,
      partAlarmArns: { "front-door": frontDoor.alarmArns },
      alarmNamePrefixes: ["mrgc-front-door-", "mrgc-watch-global-"],
      ...toldOf(settings),
      ...(settings.watch?.costAnomalyUsd === undefined ? {} : { costAnomalyUsd: settings.watch.costAnomalyUsd }),
      dashboardRegions: settings.regions,
      tags: { Environment: settings.environment },
    },
    { provider },
  );
  return {
    regions: settings.regions,
    // Where the page alarms are: a rollout asks for them there.
    region: acceleratorApiRegion,
    pagerTopicArn: watch.pagerTopicArn,
    pageAlarmNames: watch.pageAlarmNames,
    acceleratorArn: frontDoor.acceleratorArn,
    acceleratorDnsName: frontDoor.acceleratorDnsName,
    publicDomainName: frontDoor.publicDomainName,
  };
}
