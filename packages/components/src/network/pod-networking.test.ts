import { describe, expect, it } from "vitest";
import { podNetworking } from "./pod-networking.ts";

describe("podNetworking", () => {
  const place = { region: "us-east-1", zoneIds: ["use1-az1", "use1-az4"] };

  it("gives the pods of a zone the zone's own subnet", () => {
    expect(podNetworking({ ...place, podSubnetIds: ["subnet-1", "subnet-4"] })).toEqual({
      env: { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true", ENI_CONFIG_LABEL_DEF: "topology.k8s.aws/zone-id" },
      eniConfig: {
        create: true,
        region: "us-east-1",
        subnets: { "use1-az1": { id: "subnet-1" }, "use1-az4": { id: "subnet-4" } },
      },
    });
  });

  it("leaves the CNI as it is when pods have no subnets of their own", () => {
    expect(podNetworking({ ...place, podSubnetIds: [] })).toEqual({});
  });
});
