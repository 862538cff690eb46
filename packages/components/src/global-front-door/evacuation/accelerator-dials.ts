import { setTimeout as sleep } from "node:timers/promises";
import {
  paginateListEndpointGroups,
  paginateListListeners,
  UpdateEndpointGroupCommand,
  type EndpointGroup,
  type GlobalAcceleratorClient,
} from "@aws-sdk/client-global-accelerator";
import type { RegionDial } from "./dial-rules.ts";
import type { Dials } from "./evacuation.ts";

/** The dials of one accelerator. A region behind several listeners is moved on all of them. */
export function acceleratorDials(client: GlobalAcceleratorClient, acceleratorArn: string): Dials {
  const groups = async (): Promise<EndpointGroup[]> => {
    const found: EndpointGroup[] = [];
    for await (const { Listeners } of paginateListListeners({ client }, { AcceleratorArn: acceleratorArn })) {
      for (const { ListenerArn } of Listeners ?? []) {
        for await (const { EndpointGroups } of paginateListEndpointGroups({ client }, { ListenerArn })) {
          found.push(...(EndpointGroups ?? []));
        }
      }
    }
    return found;
  };
  return {
    async read() {
      const byRegion = new Map<string, EndpointGroup[]>();
      for (const group of await groups()) {
        const region = group.EndpointGroupRegion ?? "";
        byRegion.set(region, [...(byRegion.get(region) ?? []), group]);
      }
      return [...byRegion].map(([region, theirs]) => regionDial(region, theirs));
    },
    async turn(region, percent) {
      const theirs = (await groups()).filter(({ EndpointGroupRegion }) => EndpointGroupRegion === region);
      for (const { EndpointGroupArn } of theirs) {
        await client.send(new UpdateEndpointGroupCommand({ EndpointGroupArn, TrafficDialPercentage: percent }));
      }
    },
    wait: (seconds) => sleep(seconds * 1000),
  };
}

function regionDial(region: string, groups: EndpointGroup[]): RegionDial {
  const states = groups.flatMap(({ EndpointDescriptions }) =>
    (EndpointDescriptions ?? []).map((each) => each.HealthState),
  );
  return {
    region,
    dialPercent: Math.min(...groups.map(({ TrafficDialPercentage }) => TrafficDialPercentage ?? 100)),
    healthy: states.includes("UNHEALTHY")
      ? false
      : states.length > 0 && states.every((state) => state === "HEALTHY")
        ? true
        : undefined,
  };
}
