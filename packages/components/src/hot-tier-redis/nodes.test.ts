import { describe, expect, it } from "vitest";
import { artifact, create, filesOf } from "./recordings.ts";

describe("the nodes", () => {
  it("launches private, encrypted, tagged machines that nobody logs in to by SSH", async () => {
    const { inputs } = (await create()).find("hot-tier-node");
    expect(inputs).toMatchObject({
      imageId: "ami-1",
      instanceType: "r6i.4xlarge",
      metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1, instanceMetadataTags: "enabled" },
      networkInterfaces: [{ associatePublicIpAddress: "false", deleteOnTermination: "true" }],
      blockDeviceMappings: [
        { deviceName: "/dev/xvda", ebs: { volumeSize: 50, encrypted: "true", deleteOnTermination: "true" } },
        {
          deviceName: "/dev/xvdf",
          ebs: {
            volumeType: "gp3",
            volumeSize: 400,
            iops: 10_000,
            throughput: 500,
            encrypted: "true",
            deleteOnTermination: "false",
          },
        },
      ],
    });
    expect(inputs.keyName).toBeUndefined();
    const tagged = inputs.tagSpecifications as { resourceType: string; tags: Record<string, string> }[];
    expect(tagged.map(({ resourceType }) => resourceType)).toEqual(["instance", "volume", "network-interface"]);
    expect(tagged.every(({ tags }) => tags.Project === "mrgc" && tags["mrgc:cluster"] === "hot-tier")).toBe(true);
  });

  it("hands over user data below EC2's 16 KB that hold no password", async () => {
    const recording = await create({ engineArtifact: artifact, exporterArtifact: artifact });
    const raw = Buffer.from(recording.find("hot-tier-node").inputs.userData as string, "base64");
    expect(raw.length).toBeLessThan(16_384);
    const files = filesOf(recording);
    expect(JSON.stringify(files)).not.toContain("pppp");
    const settings = files.find(({ path }) => path === "/etc/mrgc/settings")?.content;
    expect(settings).toContain("ENGINE_URI='s3://programs/valkey-9.1.2.tar.gz'\n");
    expect(settings).toContain(`ENGINE_SHA256='${"a".repeat(64)}'\n`);
    expect(settings).toContain("CA_ARN='arn:aws:mock:us-west-2:123456789012:hot-tier-ca'\n");
    expect(files.filter(({ permissions }) => permissions === "0755").map(({ path }) => path)).toEqual([
      "/opt/mrgc/bootstrap",
      "/opt/mrgc/certificate",
      "/opt/mrgc/metrics",
    ]);
  });

  it("admits clients and its own nodes, the collector where there is one, and nothing from anywhere", async () => {
    const recording = await create({
      clientSecurityGroupIds: { proxies: "sg-proxies" },
      collectorSecurityGroupId: "sg-collector",
    });
    const rules = (direction: "Ingress" | "Egress") =>
      recording
        .ofType(`aws:vpc/securityGroup${direction}Rule:SecurityGroup${direction}Rule`)
        .filter(({ inputs }) => inputs.securityGroupId === "hot-tier-nodes-id")
        .map(
          ({ inputs }) =>
            `${inputs.referencedSecurityGroupId ?? inputs.cidrIpv4 ?? inputs.prefixListId} ${inputs.fromPort}`,
        )
        .sort();
    expect(rules("Ingress")).toEqual([
      "hot-tier-clients-id 6379",
      "hot-tier-controller-id 6379",
      "hot-tier-nodes-id 16379",
      "hot-tier-nodes-id 6379",
      "hot-tier-seeds-id 6379",
      "sg-collector 9100",
      "sg-collector 9121",
      "sg-proxies 6379",
    ]);
    expect(rules("Egress")).toEqual([
      "10.66.128.0/18 443",
      "hot-tier-nodes-id 16379",
      "hot-tier-nodes-id 6379",
      "pl-s3 443",
    ]);
  });
});
