/** A host that serves: in service with its group. */
export interface Host {
  instanceId: string;
  zoneId: string;
  address: string;
}

/** A registration in Cloud Map. */
export interface Registration {
  serviceId: string;
  instanceId: string;
  address: string;
}

/** What has to be done so that Cloud Map says what is true. */
export interface Changes {
  register: Registration[];
  deregister: Registration[];
}

/** Addresses in a DNS answer of Route 53; a service with more would show a random eight of them. */
export const hostsPerService = 8;

/**
 * Compares hosts with registrations. Hosts that are registered well stay where they are; others leave, and new ones go to
 * the zone's service with the most room, so that answers stay short. A host without room is left out and told about.
 *
 * @param services Cloud Map services by zone ID
 */
export function reconcile(
  hosts: readonly Host[],
  registrations: readonly Registration[],
  services: Readonly<Record<string, readonly string[]>>,
): Changes & { unplaced: Host[] } {
  const wanted = new Map(hosts.map((host) => [host.instanceId, host]));
  const kept = new Map<string, Registration>();
  const deregister: Registration[] = [];
  for (const registration of registrations) {
    const host = wanted.get(registration.instanceId);
    const right =
      host !== undefined &&
      host.address === registration.address &&
      services[host.zoneId]?.includes(registration.serviceId) === true &&
      !kept.has(registration.instanceId);
    if (right) {
      kept.set(registration.instanceId, registration);
    } else {
      deregister.push(registration);
    }
  }
  const load = new Map<string, number>();
  for (const { serviceId } of kept.values()) {
    load.set(serviceId, (load.get(serviceId) ?? 0) + 1);
  }
  const register: Registration[] = [];
  const unplaced: Host[] = [];
  for (const host of hosts.filter(({ instanceId }) => !kept.has(instanceId))) {
    const free = (serviceId: string) => hostsPerService - (load.get(serviceId) ?? 0);
    const [serviceId] = [...(services[host.zoneId] ?? [])].sort((one, other) => free(other) - free(one));
    if (serviceId === undefined || free(serviceId) <= 0) {
      unplaced.push(host);
      continue;
    }
    load.set(serviceId, (load.get(serviceId) ?? 0) + 1);
    register.push({ serviceId, instanceId: host.instanceId, address: host.address });
  }
  return { register, deregister, unplaced };
}
