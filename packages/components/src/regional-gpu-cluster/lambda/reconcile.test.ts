import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Host, hostsPerService, reconcile, type Registration } from "./reconcile.ts";

const services = { "use1-az1": ["a0", "a1"], "use1-az2": ["b0"] };
const host = (instanceId: string, zoneId = "use1-az1"): Host => ({
  instanceId,
  zoneId,
  address: `10.0.0.${instanceId.slice(2)}`,
});
const registered = (serviceId: string, instanceId: string): Registration => ({
  serviceId,
  instanceId,
  address: `10.0.0.${instanceId.slice(2)}`,
});

/** What Cloud Map holds after the changes. */
function apply(registrations: Registration[], hosts: Host[]): Registration[] {
  const { register, deregister } = reconcile(hosts, registrations, services);
  return [...registrations.filter((each) => !deregister.includes(each)), ...register];
}

describe("reconcile", () => {
  it("registers hosts where the most room is, and takes away those that left", () => {
    expect(reconcile([host("i-1"), host("i-2")], [registered("a0", "i-1"), registered("a0", "i-9")], services)).toEqual(
      {
        register: [registered("a1", "i-2")],
        deregister: [registered("a0", "i-9")],
        unplaced: [],
      },
    );
  });

  it("moves a host that is in another zone's service or has another address", () => {
    const moved = { ...registered("b0", "i-1") };
    const old = { ...registered("a0", "i-2"), address: "10.9.9.9" };
    expect(reconcile([host("i-1"), host("i-2")], [moved, old], services)).toMatchObject({
      deregister: [moved, old],
      register: [{ instanceId: "i-1" }, { instanceId: "i-2" }],
    });
  });

  it("says which hosts have no room", () => {
    const hosts = Array.from({ length: 9 }, (_, index) => host(`i-${index}`, "use1-az2"));
    const { register, unplaced } = reconcile(hosts, [], services);
    expect([register.length, unplaced.map(({ instanceId }) => instanceId)]).toEqual([8, ["i-8"]]);
  });

  it("ends with each host once, in its zone, eight to a service, and then changes nothing more", () => {
    const id = fc.integer({ min: 1, max: 20 }).map((number) => `i-${number}`);
    const hosts = fc.uniqueArray(fc.record({ id, zone: fc.constantFrom("use1-az1", "use1-az2") }), {
      selector: (each) => each.id,
    });
    const before = fc.uniqueArray(fc.record({ id, service: fc.constantFrom("a0", "a1", "b0", "gone") }), {
      selector: (each) => `${each.id} ${each.service}`,
    });
    fc.assert(
      fc.property(hosts, before, (serving, registrations) => {
        const wanted = serving.map((each) => host(each.id, each.zone));
        const after = apply(
          registrations.map((each) => registered(each.service, each.id)),
          wanted,
        );
        const ids = after.map((each) => each.instanceId);
        expect(new Set(ids).size).toBe(ids.length);
        for (const registration of after) {
          const zone = wanted.find((each) => each.instanceId === registration.instanceId)
            ?.zoneId as keyof typeof services;
          expect(services[zone]).toContain(registration.serviceId);
        }
        for (const zone of ["use1-az1", "use1-az2"] as const) {
          const here = wanted.filter((each) => each.zoneId === zone).length;
          const placed = after.filter((each) => services[zone].includes(each.serviceId)).length;
          expect(placed).toBeLessThanOrEqual(services[zone].length * hostsPerService);
          expect(placed).toBeGreaterThanOrEqual(Math.min(here, hostsPerService));
        }
        const again = reconcile(wanted, after, services);
        expect([again.register, again.deregister]).toEqual([[], []]);
      }),
    );
  });
});
