import * as aws from "@pulumi/aws";
import { MetadataPostgres, type MetadataPostgresArgs } from "../../../src/index.ts";
import { testArgs } from "../../../src/proxy-fleet/fixtures.ts";
import { testNetwork } from "../../../src/testing/test-network.ts";
import { ProxyFleet } from "../../../src/proxy-fleet/proxy-fleet.ts";
import type { ProxyFleetArgs } from "../../../src/index.ts";

const provider = new aws.Provider("aws", { region: "us-west-2" });
const changed = JSON.parse(process.env.CHANGED_ARGS ?? "{}") as {
  proxies?: Partial<ProxyFleetArgs>;
  metadata?: Partial<MetadataPostgresArgs>;
};

const proxies = new ProxyFleet("proxies", testArgs(changed.proxies), { provider });
new MetadataPostgres(
  "metadata",
  { network: testNetwork, clientSecurityGroupIds: { proxies: proxies.securityGroupId }, ...changed.metadata },
  { provider },
);

export const endpoint = proxies.endpoint;
