import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyJson } from "../building-blocks/policy-json.ts";

/** Log groups that X-Ray writes spans to, with Transaction Search. */
const spanLogs = ["aws/spans", "/aws/application-signals/data"];

/**
 * Turns Transaction Search on: X-Ray's OTLP endpoint takes spans only with it, and keeps them in CloudWatch Logs, where all of
 * them can be searched. A setting of the account in the region, which stays when this resource is deleted. Spans cost 0.35
 * USD a GB (CloudWatch price list); X-Ray indexes 1 % of them without a charge.
 */
export function keepTraces(name: string, region: string, parent: pulumi.Resource): void {
  const account = aws.getCallerIdentityOutput({}, { parent }).accountId;
  const { partition } = aws.getPartitionOutput({}, { parent });
  const admitted = new aws.cloudwatch.LogResourcePolicy(
    `${name}-spans`,
    {
      policyName: `${name}-spans`,
      policyDocument: policyJson([
        {
          sid: "XRayWritesSpans",
          principals: { Service: "xray.amazonaws.com" },
          actions: ["logs:PutLogEvents"],
          resources: spanLogs.map(
            (logGroup) => pulumi.interpolate`arn:${partition}:logs:${region}:${account}:log-group:${logGroup}:*`,
          ),
          conditions: {
            StringEquals: { "aws:SourceAccount": account },
            ArnLike: { "aws:SourceArn": pulumi.interpolate`arn:${partition}:xray:${region}:${account}:*` },
          },
        },
      ]),
    },
    { parent },
  );
  new aws.xray.TraceSegmentDestination(
    `${name}-traces`,
    { destination: "CloudWatchLogs" },
    { parent, dependsOn: [admitted] },
  );
}
