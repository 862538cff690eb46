import { AutoScalingClient, paginateDescribeAutoScalingGroups } from "@aws-sdk/client-auto-scaling";
import { EC2Client, paginateDescribeInstances } from "@aws-sdk/client-ec2";
import {
  DeregisterInstanceCommand,
  InstanceNotFound,
  paginateListInstances,
  RegisterInstanceCommand,
  ServiceDiscoveryClient,
} from "@aws-sdk/client-servicediscovery";
import { type Host, reconcile, type Registration } from "./reconcile.ts";

/** Values that EC2 takes in one filter. */
const valuesPerFilter = 200;

/** What the function is told by its environment, as JSON. */
export interface RegistrarEnvironment {
  /** Zone ID by name of the Auto Scaling group. */
  GROUPS: string;
  /** Cloud Map services by zone ID. */
  SERVICES: string;
}

/** The AWS clients that the function uses; tests point them at an emulator. */
export interface Clients {
  autoscaling: AutoScalingClient;
  ec2: EC2Client;
  discovery: ServiceDiscoveryClient;
}

/** How many registrations a call changed. */
export interface Outcome {
  registered: number;
  deregistered: number;
  unplaced: number;
}

/**
 * Makes Cloud Map say which hosts serve. Called by every lifecycle event and once in a while without one; it looks at what
 * is and not at what the event says, so a lost, late or repeated event changes nothing.
 */
export async function register(environment: RegistrarEnvironment, clients: Clients): Promise<Outcome> {
  const zones = JSON.parse(environment.GROUPS) as Record<string, string>;
  const services = JSON.parse(environment.SERVICES) as Record<string, string[]>;
  const [hosts, registrations] = await Promise.all([
    servingHosts(zones, clients),
    currentRegistrations(Object.values(services).flat(), clients.discovery),
  ]);
  const changes = reconcile(hosts, registrations, services);
  // Leaving first: its room may be what a new host needs, and a router must not send to a host that drains.
  for (const { serviceId, instanceId } of changes.deregister) {
    await deregister(serviceId, instanceId, clients.discovery);
  }
  for (const { serviceId, instanceId, address } of changes.register) {
    await clients.discovery.send(
      new RegisterInstanceCommand({
        ServiceId: serviceId,
        InstanceId: instanceId,
        Attributes: { AWS_INSTANCE_IPV4: address },
      }),
    );
  }
  return {
    registered: changes.register.length,
    deregistered: changes.deregister.length,
    unplaced: changes.unplaced.length,
  };
}

let clients: Clients | undefined;

/** Lambda's entry. */
export async function handler(): Promise<Outcome> {
  clients ??= {
    autoscaling: new AutoScalingClient(),
    ec2: new EC2Client(),
    discovery: new ServiceDiscoveryClient(),
  };
  const outcome = await register(process.env as unknown as RegistrarEnvironment, clients);
  console.log(JSON.stringify(outcome));
  if (outcome.unplaced > 0) {
    throw new Error(`${outcome.unplaced} hosts found no room: the fleet is larger than it was planned for`);
  }
  return outcome;
}

/** Hosts in service. Those that start, drain or wait in the warm pool are not. */
async function servingHosts(zones: Record<string, string>, { autoscaling, ec2 }: Clients): Promise<Host[]> {
  const zoneOf = new Map<string, string>();
  const pages = paginateDescribeAutoScalingGroups(
    { client: autoscaling },
    { AutoScalingGroupNames: Object.keys(zones) },
  );
  for await (const { AutoScalingGroups = [] } of pages) {
    for (const { AutoScalingGroupName = "", Instances = [] } of AutoScalingGroups) {
      for (const instance of Instances.filter((each) => each.LifecycleState === "InService")) {
        zoneOf.set(instance.InstanceId ?? "", zones[AutoScalingGroupName] ?? "");
      }
    }
  }
  const hosts: Host[] = [];
  const instanceIds = [...zoneOf.keys()];
  for (let first = 0; first < instanceIds.length; first += valuesPerFilter) {
    // By filter and not by id: EC2 refuses a whole request when one of its ids has just gone.
    const Filters = [{ Name: "instance-id", Values: instanceIds.slice(first, first + valuesPerFilter) }];
    for await (const { Reservations = [] } of paginateDescribeInstances({ client: ec2 }, { Filters })) {
      for (const { InstanceId = "", PrivateIpAddress } of Reservations.flatMap(({ Instances = [] }) => Instances)) {
        if (PrivateIpAddress !== undefined) {
          hosts.push({ instanceId: InstanceId, zoneId: zoneOf.get(InstanceId) ?? "", address: PrivateIpAddress });
        }
      }
    }
  }
  return hosts;
}

async function currentRegistrations(serviceIds: string[], client: ServiceDiscoveryClient): Promise<Registration[]> {
  const registrations: Registration[] = [];
  for (const serviceId of serviceIds) {
    for await (const { Instances = [] } of paginateListInstances({ client }, { ServiceId: serviceId })) {
      for (const { Id = "", Attributes } of Instances) {
        registrations.push({ serviceId, instanceId: Id, address: Attributes?.AWS_INSTANCE_IPV4 ?? "" });
      }
    }
  }
  return registrations;
}

async function deregister(serviceId: string, instanceId: string, client: ServiceDiscoveryClient): Promise<void> {
  try {
    await client.send(new DeregisterInstanceCommand({ ServiceId: serviceId, InstanceId: instanceId }));
  } catch (error) {
    // Somebody was quicker.
    if (!(error instanceof InstanceNotFound)) {
      throw error;
    }
  }
}
