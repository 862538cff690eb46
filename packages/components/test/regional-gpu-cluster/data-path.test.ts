import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { measurement, testZones } from "../../src/regional-gpu-cluster/fixtures.ts";
import { AttestationMode } from "../../src/regional-gpu-cluster/attestation-args.ts";
import { attestationPlan, attestedKeyStatements } from "../../src/regional-gpu-cluster/attestation-plan.ts";
import { envoyConfig } from "../../src/regional-gpu-cluster/envoy-config.ts";
import { fleetPlan } from "../../src/regional-gpu-cluster/fleet-plan.ts";
import { type RouterPlan, routerPlan } from "../../src/regional-gpu-cluster/router-plan.ts";
import { policyDocument } from "../../src/shared/iam-policy.ts";
import { type Certificate, makeCertificate } from "./certificates.ts";
import { freePorts, type Ports, type RunningEnvoy, startEnvoy, validate } from "./envoy.ts";
import { GpuHost } from "./gpu-host.ts";
import { NameServer } from "./name-server.ts";
import { StubKms } from "./stub-kms.ts";
import { health, infer, type Tenant } from "./tenant.ts";

const hostRole = "arn:aws:iam::123456789012:role/gpu";
const tenantRole = "arn:aws:iam::111122223333:role/app";
const attestation = { "kms:RecipientAttestation:ImageSha384": "a".repeat(96) };
const fleet = fleetPlan({}, "us-east-1", testZones);
/** Loopback addresses that stand for hosts of the three zones. */
const addresses = ["127.0.1.1", "127.0.1.2", "127.0.1.3"];
const soon = { timeout: 20_000, interval: 100 };

function attestedKey(): StubKms {
  const plan = attestationPlan(
    {
      mode: AttestationMode.Enclave,
      measurements: { current: measurement("a") },
      enclaveImageUri: "s3://images/keyholder.eif",
    },
    fleet.types,
  );
  const tenants = [{ name: "acme", principals: ["arn:aws:iam::111122223333:root"] }];
  return new StubKms(
    policyDocument(attestedKeyStatements(plan, { administrators: [], hostRoleArn: hostRole, tenants })),
  );
}

describe("the data path, with a real Envoy, real TLS and real names", () => {
  const kms = attestedKey();
  let certificate: Certificate;
  let names: NameServer;
  let envoy: RunningEnvoy;
  let ports: Ports & { model: number };
  let plan: RouterPlan;
  let hosts: GpuHost[];
  let tenant: Tenant;

  /** What Cloud Map would say: the hosts that serve, by zone. */
  const register = (serving: GpuHost[]) => {
    testZones.forEach((zoneId, index) => {
      const here = serving.filter((host) => host.address === addresses[index]).map((host) => host.address);
      const name = `gpu-${zoneId}-0.${plan.namespace}`;
      // Without an instance, Cloud Map has no record: the name does not exist.
      if (here.length > 0) names.records.set(name, here);
      else names.records.delete(name);
      names.records.set(`router-${zoneId}.${plan.namespace}`, [`127.0.2.${index + 1}`]);
    });
  };
  const healthy = (status: number) => vi.waitFor(async () => expect(await health(ports.health)).toBe(status), soon);
  /** A counter or gauge of the router. */
  const stat = async (name: string): Promise<number> => {
    const text = await (await fetch(`http://127.0.0.1:${ports.admin}/stats?filter=^${name}$`)).text();
    return Number(text.split(": ")[1]);
  };
  /** Waits until the router counts so many healthy hosts. */
  const members = (count: number) =>
    vi.waitFor(async () => expect(await stat("cluster.gpu.membership_healthy")).toBe(count), soon);

  beforeAll(() => {
    certificate = makeCertificate();
  });

  beforeEach(async () => {
    ports = await freePorts();
    plan = routerPlan({ modelPort: ports.model }, "use1", "us-east-1", testZones, fleet.maxPerZone);
    names = await NameServer.start();
    const unwrap = (wrapped: Buffer, name: string) => kms.decrypt({ principal: hostRole, attestation }, wrapped, name);
    hosts = await Promise.all(addresses.map((address) => GpuHost.start(address, ports.model, certificate, unwrap)));
    tenant = {
      name: "acme",
      endpointId: "vpce-0123456789abcdef0",
      wrap: (dataKey) => kms.encrypt({ principal: tenantRole }, dataKey, "acme"),
      authority: certificate.authority,
    };
    register(hosts);
    const surroundings = { ports, resolver: { address: "127.0.0.1", port: names.port } };
    envoy = await startEnvoy(envoyConfig(plan, "use1-az1", surroundings), certificate);
    await vi.waitFor(async () => expect(await health(ports.health, "/live")).toBe(200), soon);
  });

  afterEach(async () => {
    await envoy.stop();
    await Promise.all(hosts.map((host) => host.stop()));
    await names.stop();
  });

  it("encrypts, asks for health, infers and decrypts", async () => {
    await healthy(200);
    expect(await infer(tenant, ports.tls, "a private question")).toBe("noitseuq etavirp a");
    const wire = JSON.stringify(hosts.flatMap((host) => host.seen));
    expect(wire).not.toContain("private question");
    // Who calls is what the load balancer says, not what the client says of itself.
    await infer(tenant, ports.tls, "again", { "x-mrgc-endpoint": "vpce-somebody-else" });
    const endpoints = hosts.flatMap((host) => host.seen).map(({ headers }) => String(headers["x-mrgc-endpoint"]));
    expect(endpoints).toEqual([tenant.endpointId, tenant.endpointId]);
  });

  it("believes no client that says which endpoint it is", async () => {
    await healthy(200);
    const forged = { "x-mrgc-endpoint": "vpce-0123456789abcdef0" };
    await infer({ ...tenant, endpointId: undefined }, ports.tls, "x", forged);
    const [request] = hosts.flatMap((host) => host.seen);
    expect(request?.headers["x-mrgc-endpoint"] ?? "").not.toContain("vpce-");
    expect(request?.body.tenant).toBe("acme");
  });

  it("is healthy while a host is, and not without one", async () => {
    await healthy(200);
    register([]);
    await healthy(503);
    expect(await health(ports.health, "/live")).toBe(200);
    expect(await health(ports.health, "/stats")).toBe(404);
  });

  it("keeps to its own zone while the zone carries its share, and leaves it when it does not", async () => {
    await members(3);
    // Workers learn of healthy hosts up to a second later.
    await vi.waitFor(async () => {
      await infer(tenant, ports.tls, "near");
      expect(await stat("cluster.gpu.lb_zone_routing_all_directly")).toBeGreaterThan(0);
    }, soon);
    for (const host of hosts) host.seen.length = 0;
    for (let count = 0; count < 10; count++) await infer(tenant, ports.tls, "near");
    expect(hosts.map((host) => host.seen.length)).toEqual([10, 0, 0]);
    register(hosts.slice(1));
    await members(2);
    for (let count = 0; count < 10; count++) await infer(tenant, ports.tls, "far");
    expect(hosts[0]?.seen).toHaveLength(10);
    expect((hosts[1]?.seen.length ?? 0) + (hosts[2]?.seen.length ?? 0)).toBe(10);
  });

  it("sends nothing more to a host that keeps failing", async () => {
    await members(3);
    const [near] = hosts as [GpuHost];
    near.failing = 503;
    await vi.waitFor(async () => {
      await infer(tenant, ports.tls, "x").catch(() => undefined);
      expect(await stat("cluster.gpu.outlier_detection.ejections_active")).toBe(1);
    }, soon);
    // The router's workers learn of it one after the other.
    await vi.waitFor(async () => {
      const seenByNear = near.seen.length;
      for (let request = 0; request < 10; request += 1) {
        expect(await infer(tenant, ports.tls, "x")).toBe("x");
      }
      expect(near.seen.length).toBe(seenByNear);
    }, soon);
    const [, second, third] = hosts as [GpuHost, GpuHost, GpuHost];
    expect(second.seen.length + third.seen.length).toBeGreaterThanOrEqual(10);
  });

  it("refuses a host whose certificate is another authority's", async () => {
    await healthy(200);
    const stranger = await GpuHost.start("127.0.1.9", ports.model, makeCertificate(), () => Buffer.alloc(32));
    try {
      register([]);
      names.records.set(`gpu-use1-az1-0.${plan.namespace}`, [stranger.address]);
      await healthy(503);
      await expect(infer(tenant, ports.tls, "x")).rejects.toThrow("the router answered 503");
      expect(stranger.seen).toEqual([]);
    } finally {
      await stranger.stop();
    }
  });

  it("writes a line and counts a request for the tenant's endpoint, without query or content", async () => {
    await healthy(200);
    await infer(tenant, ports.tls, "a private question");
    const line = await vi.waitFor(() => {
      const found = envoy
        .log()
        .split("\n")
        .find((each) => each.includes('"kind":"request"'));
      expect(found).toBeDefined();
      return JSON.parse(found ?? "") as Record<string, unknown>;
    }, soon);
    expect(line).toMatchObject({ zone: "use1-az1", method: "POST", path: "/v1/infer", status: 200 });
    expect(line.endpoint).toBe(tenant.endpointId);
    expect(line.durationMs).toBeTypeOf("number");
    expect(envoy.log()).not.toContain("secret");
    await vi.waitFor(async () => {
      const metrics = await (await fetch(`http://127.0.0.1:${ports.metrics}/metrics`)).text();
      expect(metrics).toMatch(new RegExp(`tenant_requests\\{[^}]*${tenant.endpointId}[^}]*\\} 1`));
      expect(metrics).toContain('envoy_cluster_upstream_rq_total{envoy_cluster_name="gpu"}');
    }, soon);
    expect((await fetch(`http://127.0.0.1:${ports.metrics}/quitquitquit`, { method: "POST" })).status).toBe(404);
  });
});

describe("the key", () => {
  const kms = attestedKey();
  const dataKey = Buffer.alloc(32, 7);

  it("gives the data key to the attested host in the tenant's name, and to nobody else", () => {
    const wrapped = kms.encrypt({ principal: tenantRole }, dataKey, "acme");
    expect(kms.decrypt({ principal: hostRole, attestation }, wrapped, "acme")).toEqual(dataKey);
    expect(() => kms.decrypt({ principal: hostRole }, wrapped, "acme")).toThrow("denied explicitly");
    expect(() => kms.decrypt({ principal: tenantRole, attestation }, wrapped, "acme")).toThrow("denied by default");
    expect(() => kms.decrypt({ principal: hostRole, attestation }, wrapped, "other")).toThrow(
      "unable to authenticate data",
    );
    expect(() => kms.encrypt({ principal: tenantRole }, dataKey, "other")).toThrow("denied by default");
  });
});

describe("Envoy reads the configuration", () => {
  let certificate: Certificate;
  beforeAll(() => {
    certificate = makeCertificate();
  });

  it.each(testZones)("of the routers in %s, without a complaint", async (zoneId) => {
    const output = await validate(
      envoyConfig(routerPlan({}, "use1", "us-east-1", testZones, fleet.maxPerZone), zoneId),
      certificate,
    );
    expect(output).toContain("OK");
    expect(output).not.toMatch(/\[(warning|error|critical)\]/);
  });

  it("and would say what is wrong with another", async () => {
    await expect(validate({ static_resources: { listeners: [{ nome: "x" }] } }, certificate)).rejects.toThrow("nome");
  });
});
