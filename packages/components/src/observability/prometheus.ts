import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { logGroup } from "../building-blocks/log-group.ts";
import type { NetworkPlacement } from "../network/placement.ts";
import { named, type Tags } from "../shared/tags.ts";
import { podScrapeFile } from "./pod-scrape.ts";
import { alertManagerFile, rulesFile } from "./prometheus-rules.ts";
import type { Topics } from "./topics.ts";

/** A Prometheus workspace of AWS, its rules, and the scraper of the pods where there is a cluster. */
export function createPrometheus(
  name: string,
  spec: {
    network: NetworkPlacement;
    topics: Topics;
    eksClusterArn: pulumi.Input<string> | undefined;
    logRetentionDays: number | undefined;
    tags: Tags;
  },
  parent: pulumi.Resource,
): aws.amp.Workspace {
  const { network, topics, tags } = spec;
  const log = logGroup(
    `${name}-prometheus-log`,
    {
      logGroupName: `/aws/vendedlogs/prometheus/${name}`,
      kmsKeyArn: topics.key.arn,
      ...(spec.logRetentionDays === undefined ? {} : { retentionDays: spec.logRetentionDays }),
      tags,
    },
    parent,
  );
  const workspace = new aws.amp.Workspace(
    `${name}-metrics`,
    {
      alias: name,
      kmsKeyArn: topics.key.arn,
      loggingConfiguration: { logGroupArn: pulumi.interpolate`${log.arn}:*` },
      tags: named(`${name}-metrics`, tags),
    },
    { parent },
  );
  const inWorkspace = { parent: workspace };
  new aws.amp.RuleGroupNamespace(
    `${name}-rules`,
    { name: "mrgc", workspaceId: workspace.id, data: rulesFile(), tags: named(`${name}-rules`, tags) },
    inWorkspace,
  );
  new aws.amp.AlertManagerDefinition(
    `${name}-alert-manager`,
    {
      workspaceId: workspace.id,
      definition: topics.chat.arn.apply((topicArn) => alertManagerFile(network.region, topicArn)),
    },
    inWorkspace,
  );
  if (spec.eksClusterArn !== undefined) {
    new aws.amp.Scraper(
      `${name}-pods`,
      {
        alias: `${name}-pods`,
        source: { eks: { clusterArn: spec.eksClusterArn, subnetIds: network.privateSubnetIds } },
        destination: { amp: { workspaceArn: workspace.arn } },
        scrapeConfiguration: podScrapeFile(network.region),
        tags: named(`${name}-pods`, tags),
      },
      inWorkspace,
    );
  }
  return workspace;
}
