import * as mrgc from "@mrgc/components";
import * as pulumi from "@pulumi/pulumi";

const shards = new pulumi.Config().requireNumber("shards");

const network = new mrgc.Network("cache-network", {
  region: "us-west-2",
  zoneIds: ["usw2-az1", "usw2-az2", "usw2-az3"],
  cidrBlock: "10.80.0.0/18",
  fleets: { cacheNodes: 60 },
  tags: { Environment: "development" },
});

const cache = new mrgc.HotTierRedis("cache", { network, shards, maxShards: 20, tags: { Environment: "development" } });

/** What applications connect to, with the credentials of `authSecretArn`. */
export const endpoint = cache.endpoint;
export const authSecretArn = cache.authSecretArn;
