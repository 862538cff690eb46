import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { named, type Tags } from "../shared/tags.ts";
import type { Topics } from "./topics.ts";

/** Tells of spending under the tag `Project` that the last weeks do not explain. The tag has to be active for cost allocation. */
export function watchSpending(
  name: string,
  thresholdUsd: number,
  topics: Topics,
  tags: Tags,
  parent: pulumi.Resource,
): void {
  const monitor = new aws.costexplorer.AnomalyMonitor(
    `${name}-spending`,
    {
      name: `${name}-spending`,
      monitorType: "CUSTOM",
      monitorSpecification: JSON.stringify({
        Tags: { Key: "Project", Values: [tags.Project], MatchOptions: ["EQUALS"] },
      }),
      tags: named(`${name}-spending`, tags),
    },
    { parent },
  );
  new aws.costexplorer.AnomalySubscription(
    `${name}-spending-told`,
    {
      name: `${name}-spending`,
      frequency: "IMMEDIATE",
      monitorArnLists: [monitor.arn],
      subscribers: [{ type: "SNS", address: topics.chat.arn }],
      thresholdExpression: {
        dimension: {
          key: "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
          matchOptions: ["GREATER_THAN_OR_EQUAL"],
          values: [String(thresholdUsd)],
        },
      },
      tags: named(`${name}-spending-told`, tags),
    },
    { parent: monitor },
  );
}
