import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { runbook } from "../shared/runbook.ts";
import { named, type Tags } from "../shared/tags.ts";
import type { AcceptanceFunction } from "./acceptance-function.ts";
import { metricNamespace } from "./acceptance/decide.ts";
import type { Topics } from "./keys-and-topics.ts";
import type { PlannedTenant } from "./private-link-service-plan.ts";
import { tenantItem } from "./tenant-item-plan.ts";

/** Percent of the quota from which the tenant's alarm says that it is time to talk. */
const quotaAlarmPercent = 100;

/**
 * Everything of one tenant. Their order is what removal relies on: the admission goes first, and its end rejects the
 * tenant's connections; then the registration; then the principals.
 */
export function tenantResources(
  name: string,
  tenant: PlannedTenant,
  service: aws.ec2.VpcEndpointService,
  acceptance: AcceptanceFunction,
  topics: Topics,
  tags: Tags,
  parent: pulumi.Resource,
): void {
  const prefix = `${name}-tenant-${tenant.name}`;
  const tenantTags = { ...tags, Tenant: tenant.name };
  const principals = tenant.principals.map(
    ({ key, arn }) =>
      new aws.ec2.VpcEndpointServiceAllowedPrinciple(
        `${prefix}-${key}`,
        { vpcEndpointServiceId: service.id, principalArn: arn },
        { parent },
      ),
  );
  const registration = new aws.dynamodb.TableItem(
    `${prefix}-registration`,
    { tableName: acceptance.ledger.name, hashKey: "id", item: tenantItem(tenant.record) },
    { parent, dependsOn: principals },
  );
  // Invoked when the tenant comes, changes and goes. A removal that leaves a connection fails, and with it the removal
  // of registration and principals.
  new aws.lambda.Invocation(
    `${prefix}-admission`,
    {
      functionName: acceptance.function.name,
      lifecycleScope: "CRUD",
      input: JSON.stringify({ accountId: tenant.record.accountId, registration: tenant.record }),
    },
    { parent, dependsOn: [registration, ...acceptance.ready] },
  );
  new aws.sns.TopicSubscription(
    `${prefix}-contact`,
    {
      topic: topics.reports.arn,
      protocol: "email",
      endpoint: tenant.record.contact,
      filterPolicy: JSON.stringify({ tenant: [tenant.name] }),
    },
    { parent },
  );
  const dimensions = { "Service Id": service.id, Tenant: tenant.name };
  new aws.cloudwatch.MetricAlarm(
    `${prefix}-rejected`,
    {
      alarmDescription: `A connection request of tenant ${tenant.name} was rejected; the report says why. ${runbook("private-link-service", "tenant-rejected")}`,
      namespace: metricNamespace,
      metricName: "Rejected",
      dimensions,
      statistic: "Sum",
      period: 300,
      evaluationPeriods: 1,
      threshold: 1,
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      treatMissingData: "notBreaching",
      alarmActions: [topics.reports.arn],
      tags: named(`${prefix}-rejected`, tenantTags),
    },
    { parent },
  );
  new aws.cloudwatch.MetricAlarm(
    `${prefix}-quota`,
    {
      alarmDescription: `Tenant ${tenant.name} uses its whole quota of ${tenant.record.endpointQuota} endpoints. ${runbook("private-link-service", "tenant-quota")}`,
      namespace: metricNamespace,
      metricName: "QuotaUsedPercent",
      dimensions,
      statistic: "Maximum",
      period: 300,
      evaluationPeriods: 3,
      threshold: quotaAlarmPercent,
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      treatMissingData: "notBreaching",
      alarmActions: [topics.reports.arn],
      tags: named(`${prefix}-quota`, tenantTags),
    },
    { parent },
  );
}
