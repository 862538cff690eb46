import {
  CompleteLifecycleActionCommand,
  paginateDescribeAutoScalingGroups,
  RecordLifecycleActionHeartbeatCommand,
  SetDesiredCapacityCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import type { AutoScalingClient, AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import { paginateDescribeInstances } from "@aws-sdk/client-ec2";
import type { EC2Client, Instance } from "@aws-sdk/client-ec2";
import type { Fleet, Machine } from "../cluster/fleet.ts";
import { InstanceState } from "../model.ts";
import type { ZoneSettings } from "../run/settings.ts";

/** Names of the two lifecycle hooks of every group (docs/decisions/030-controller-contract.md). */
export const hookNames = { launching: "mrgc-launching", terminating: "mrgc-terminating" } as const;

/** Of `LifecycleState`: what the controller makes of it. Others (`Pending`, `Terminated`, ...) change by themselves. */
const lifecycle: Record<string, InstanceState> = {
  "Pending:Wait": InstanceState.Launching,
  "Pending:Proceed": InstanceState.Running,
  InService: InstanceState.Running,
  "Terminating:Wait": InstanceState.Terminating,
};

/** The groups and instances of one cluster. Every list is asked for anew at each pass: AWS is the only memory. */
export class AwsFleet implements Fleet {
  readonly #autoScaling: AutoScalingClient;
  readonly #ec2: EC2Client;
  readonly #cluster: string;
  readonly #port: number;
  readonly #zones: readonly ZoneSettings[];
  /** From the last look: which group an instance is in. */
  readonly #groupOf = new Map<string, string>();

  constructor(
    clients: { autoScaling: AutoScalingClient; ec2: EC2Client },
    cluster: string,
    port: number,
    zones: readonly ZoneSettings[],
  ) {
    this.#autoScaling = clients.autoScaling;
    this.#ec2 = clients.ec2;
    this.#cluster = cluster;
    this.#port = port;
    this.#zones = zones;
  }

  async machines(): Promise<readonly Machine[]> {
    const [groups, instances] = await Promise.all([this.#groups(), this.#instances()]);
    const machines: Machine[] = [];
    for (const group of groups) {
      const zone = this.#zoneOf(group.AutoScalingGroupName ?? "");
      for (const member of group.Instances ?? []) {
        const instance = instances.get(member.InstanceId ?? "");
        const state = lifecycle[member.LifecycleState ?? ""];
        if (member.InstanceId !== undefined && state !== undefined) {
          this.#groupOf.set(member.InstanceId, group.AutoScalingGroupName ?? "");
          // A group may go on counting a machine that EC2 has terminated: then nobody answers, and it is replaced in time.
          const address =
            instance?.PrivateIpAddress === undefined
              ? `${member.InstanceId}:0`
              : `${instance.PrivateIpAddress}:${this.#port}`;
          machines.push({ instanceId: member.InstanceId, address, zone, state });
        }
      }
    }
    return machines;
  }

  async capacity(): Promise<Readonly<Record<string, number>>> {
    const capacity: Record<string, number> = Object.fromEntries(this.#zones.map(({ zoneId }) => [zoneId, 0]));
    for (const group of await this.#groups()) {
      const zone = this.#zoneOf(group.AutoScalingGroupName ?? "");
      capacity[zone] = (capacity[zone] ?? 0) + (group.DesiredCapacity ?? 0);
    }
    return capacity;
  }

  /** Fills the zone's placement groups in their order, each up to its `maxNodes`. */
  async setCapacity(zone: string, capacity: number): Promise<void> {
    const groups = this.#zones.find(({ zoneId }) => zoneId === zone)?.groups ?? [];
    let rest = capacity;
    for (const group of groups) {
      const share = Math.min(rest, group.maxNodes);
      rest -= share;
      await this.#autoScaling.send(
        new SetDesiredCapacityCommand({ AutoScalingGroupName: group.autoScalingGroup, DesiredCapacity: share }),
      );
    }
    if (rest > 0) {
      throw new Error(
        `the groups of ${zone} hold ${capacity - rest} nodes at most, ${capacity} are wanted: raise maxNodes`,
      );
    }
  }

  completeLaunch(instanceId: string): Promise<void> {
    return this.#complete(instanceId, "launching");
  }

  completeTermination(instanceId: string): Promise<void> {
    return this.#complete(instanceId, "terminating");
  }

  async heartbeat(instanceId: string, hook: "launching" | "terminating"): Promise<void> {
    await this.#autoScaling.send(
      new RecordLifecycleActionHeartbeatCommand({
        AutoScalingGroupName: this.#groupName(instanceId),
        LifecycleHookName: hookNames[hook],
        InstanceId: instanceId,
      }),
    );
  }

  async terminate(instanceId: string, replace: boolean): Promise<void> {
    await this.#autoScaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({
        InstanceId: instanceId,
        ShouldDecrementDesiredCapacity: !replace,
      }),
    );
  }

  async #complete(instanceId: string, hook: "launching" | "terminating"): Promise<void> {
    try {
      await this.#autoScaling.send(
        new CompleteLifecycleActionCommand({
          AutoScalingGroupName: this.#groupName(instanceId),
          LifecycleHookName: hookNames[hook],
          InstanceId: instanceId,
          LifecycleActionResult: "CONTINUE",
        }),
      );
    } catch (error) {
      // The hook has timed out or a controller before us has completed it: either way it is done.
      if (!(error instanceof Error && /no active lifecycle action/i.test(error.message))) {
        throw error;
      }
    }
  }

  async #groups(): Promise<AutoScalingGroup[]> {
    const found: AutoScalingGroup[] = [];
    const names = { AutoScalingGroupNames: this.#groupNames() };
    const pages = paginateDescribeAutoScalingGroups({ client: this.#autoScaling }, names);
    for await (const page of pages) {
      found.push(...(page.AutoScalingGroups ?? []));
    }
    return found;
  }

  async #instances(): Promise<Map<string, Instance>> {
    const found = new Map<string, Instance>();
    // Auto Scaling's own tag: nobody can forget or change it.
    const filters = [
      { Name: "tag:aws:autoscaling:groupName", Values: this.#groupNames() },
      { Name: "instance-state-name", Values: ["pending", "running", "stopping", "stopped"] },
    ];
    for await (const page of paginateDescribeInstances({ client: this.#ec2 }, { Filters: filters })) {
      for (const instance of (page.Reservations ?? []).flatMap((reservation) => reservation.Instances ?? [])) {
        found.set(instance.InstanceId ?? "", instance);
      }
    }
    return found;
  }

  #groupNames(): string[] {
    return this.#zones.flatMap(({ groups }) => groups.map(({ autoScalingGroup }) => autoScalingGroup));
  }

  #zoneOf(group: string): string {
    return (
      this.#zones.find(({ groups }) => groups.some(({ autoScalingGroup }) => autoScalingGroup === group))?.zoneId ?? ""
    );
  }

  #groupName(instanceId: string): string {
    const name = this.#groupOf.get(instanceId);
    if (name === undefined) {
      throw new Error(`${instanceId} is in no group of ${this.#cluster}`);
    }
    return name;
  }
}
