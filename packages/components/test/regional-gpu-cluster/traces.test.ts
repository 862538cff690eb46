import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { testZones } from "../../src/regional-gpu-cluster/fixtures.ts";
import { envoyConfig } from "../../src/regional-gpu-cluster/envoy-config.ts";
import { tracedService, xray as xrayHost } from "../../src/regional-gpu-cluster/envoy-tracing.ts";
import { routerPlan } from "../../src/regional-gpu-cluster/router-plan.ts";
import { type Certificate, makeCertificate } from "./certificates.ts";
import { freePorts, type Ports, type RunningEnvoy, startEnvoy, validate } from "./envoy.ts";
import { taskCredentials } from "../signature.ts";
import { FakeXray } from "./fake-xray.ts";
import { GpuHost } from "./gpu-host.ts";
import { NameServer } from "./name-server.ts";
import { health, infer, type Tenant } from "./tenant.ts";

const region = "us-east-1";
const soon = { timeout: 20_000, interval: 100 };
/** A tenant's own trace, which wants to be recorded. */
const tenantsTrace = "4bf92f3577b34da6a3ce929d0e0e4736";

describe("traces, with a real Envoy and an X-Ray that checks who sends", () => {
  // What KMS does to a data key is of no matter here.
  const asItIs = (dataKey: Buffer) => dataKey;
  const tenant: Omit<Tenant, "authority"> = { name: "acme", endpointId: "vpce-0123456789abcdef0", wrap: asItIs };
  let certificate: Certificate;
  let xray: FakeXray;
  let names: NameServer;
  let host: GpuHost;
  let ports: Ports & { model: number };
  let envoy: RunningEnvoy | undefined;

  const start = async (traceSamplingPercent: number): Promise<void> => {
    await envoy?.stop();
    const plan = routerPlan({ modelPort: ports.model, traceSamplingPercent }, "use1", region, testZones, 1);
    names.records.set(`gpu-use1-az1-0.${plan.namespace}`, [host.address]);
    testZones.forEach((zoneId) => names.records.set(`router-${zoneId}.${plan.namespace}`, ["127.0.2.1"]));
    const surroundings = {
      ports,
      resolver: { address: "127.0.0.1", port: names.port },
      traces: { port: xray.port, authority: xrayCertificate.authority },
    };
    envoy = await startEnvoy(envoyConfig(plan, "use1-az1", surroundings), certificate, taskCredentials);
    await vi.waitFor(async () => expect(await health(ports.health)).toBe(200), soon);
  };
  const ask = (): Promise<string> =>
    infer({ ...tenant, authority: certificate.authority }, ports.tls, "x", {
      traceparent: `00-${tenantsTrace}-00f067aa0ba902b7-01`,
    });
  /** The trace that the host was last told of, by the W3C header. */
  const told = (): string | undefined => /^00-([0-9a-f]{32})-/.exec(String(host.seen.at(-1)?.headers.traceparent))?.[1];
  const xrayCertificate = makeCertificate(xrayHost(region));

  beforeAll(async () => {
    certificate = makeCertificate();
    ports = await freePorts();
    [xray, names] = await Promise.all([FakeXray.start(xrayCertificate), NameServer.start()]);
    names.records.set(xrayHost(region), ["127.0.0.1"]);
    host = await GpuHost.start("127.0.1.1", ports.model, certificate, asItIs);
  });

  afterAll(async () => {
    await envoy?.stop();
    await Promise.all([xray.stop(), names.stop(), host.stop()]);
  });

  it("go from router to X-Ray with the task's own signature, and the model's host continues them", async () => {
    await start(100);
    await ask();
    await vi.waitFor(() => expect(xray.taken.length).toBeGreaterThan(0), soon);
    expect(xray.refused).toEqual([]);
    const spans = Buffer.concat(xray.taken);
    expect(spans.includes(tracedService)).toBe(true);
    const trace = told();
    expect(trace).toMatch(/^[0-9a-f]{32}$/);
    expect(spans.includes(Buffer.from(trace!, "hex"))).toBe(true);
    expect(spans.includes("/v1/infer")).toBe(true);
    // The query is the tenant's.
    expect(spans.includes("session=secret")).toBe(false);
  });

  it("are not the tenant's to ask for: its context is neither continued nor obeyed", async () => {
    await start(100);
    await ask();
    expect(told()).not.toBe(tenantsTrace);
    await start(0.0001);
    for (let request = 0; request < 20; request++) {
      await ask();
      // The last two digits say whether it is recorded.
      expect(String(host.seen.at(-1)?.headers.traceparent)).toMatch(/-00$/);
    }
  });

  it("are configured without a complaint of Envoy, and not at all by default", async () => {
    const plan = (percent?: number) =>
      routerPlan(percent === undefined ? {} : { traceSamplingPercent: percent }, "use1", region, testZones, 1);
    const output = await validate(envoyConfig(plan(1), "use1-az1"), certificate);
    expect(output).toContain("OK");
    expect(output).not.toMatch(/\[(warning|error|critical)\]/);
    expect(JSON.stringify(envoyConfig(plan(), "use1-az1"))).not.toContain("xray");
  });
});
