import {
  CompleteLifecycleActionCommand,
  paginateDescribeAutoScalingGroups,
  paginateDescribeWarmPool,
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
import { warmBootMs } from "../timing.ts";
import { dealCapacity } from "./group-sizes.ts";

/** Names of the two lifecycle hooks of every group (docs/decisions/030-controller-contract.md). */
export const hookNames = { launching: "mrgc-launching", terminating: "mrgc-terminating" } as const;

/** Of `LifecycleState`: what the controller makes of it. Others (`Pending`, `Terminated`, ...) change by themselves. */
const lifecycle: Record<string, InstanceState> = {
  "Pending:Wait": InstanceState.Launching,
  "Pending:Proceed": InstanceState.Running,
  InService: InstanceState.Running,
  // A person looks at it, or takes it out of its group: its server runs on, and has its slots.
  EnteringStandby: InstanceState.Running,
  Standby: InstanceState.Running,
  Detaching: InstanceState.Running,
  // Before the hook and after it the server still serves: it hands over like one that waits.
  Terminating: InstanceState.Terminating,
  "Terminating:Wait": InstanceState.Terminating,
  "Terminating:Proceed": InstanceState.Terminating,
};

/** Hooks that nobody has to answer any more, or not yet. */
const hookIsOver = /no active lifecycle action/i;

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
        const ends = member.LifecycleState === "Terminating:Proceed" && instance?.State?.Name !== "running";
        if (member.InstanceId !== undefined && state !== undefined && !ends) {
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

  /** Changes the sizes of the zone's placement groups as little as can be, and as evenly. */
  async setCapacity(zone: string, capacity: number): Promise<void> {
    const seen = new Map((await this.#groups()).map((group) => [group.AutoScalingGroupName ?? "", group]));
    const groups = (this.#zones.find(({ zoneId }) => zoneId === zone)?.groups ?? []).map((group) => {
      const { DesiredCapacity = 0, Instances = [] } = seen.get(group.autoScalingGroup) ?? {};
      const machines = Instances.filter(({ LifecycleState = "" }) => !/^(Terminat|Detach)/.test(LifecycleState)).length;
      return { group: group.autoScalingGroup, desired: DesiredCapacity, machines, maxNodes: group.maxNodes };
    });
    const { sizes, unplaced } = dealCapacity(groups, capacity);
    for (const [index, { group, desired }] of groups.entries()) {
      const size = sizes[index] ?? desired;
      if (size !== desired) {
        await this.#autoScaling.send(
          new SetDesiredCapacityCommand({ AutoScalingGroupName: group, DesiredCapacity: size }),
        );
      }
    }
    if (unplaced > 0) {
      throw new Error(
        `the groups of ${zone} hold ${capacity - unplaced} nodes at most, ${capacity} are wanted: raise maxNodes`,
      );
    }
  }

  /**
   * Lets machines into the warm pool and out of it for good. The hooks hold them there too, and nobody else answers: unanswered, the launch hook would
   * abandon each machine after its time-out and launch the next. A machine on its way in installs its programs meanwhile, and what
   * it has not installed after `warmBootMs` it installs when it is called.
   */
  async releaseWarm(now: Date): Promise<void> {
    const instances = await this.#instances();
    for (const group of this.#groupNames()) {
      const pages = paginateDescribeWarmPool({ client: this.#autoScaling }, { AutoScalingGroupName: group });
      for await (const { Instances = [] } of pages) {
        for (const { InstanceId = "", LifecycleState } of Instances) {
          const launched = instances.get(InstanceId)?.LaunchTime?.getTime() ?? now.getTime();
          if (LifecycleState === "Warmed:Pending:Wait" && now.getTime() - launched >= warmBootMs) {
            await this.#complete(group, InstanceId, "launching");
          } else if (LifecycleState === "Warmed:Terminating:Wait") {
            await this.#complete(group, InstanceId, "terminating");
          }
        }
      }
    }
  }

  async completeLaunch(instanceId: string): Promise<void> {
    return this.#complete(this.#groupName(instanceId), instanceId, "launching");
  }

  async completeTermination(instanceId: string): Promise<void> {
    return this.#complete(this.#groupName(instanceId), instanceId, "terminating");
  }

  async heartbeat(instanceId: string, hook: "launching" | "terminating"): Promise<void> {
    const AutoScalingGroupName = this.#groupName(instanceId);
    const action = { AutoScalingGroupName, LifecycleHookName: hookNames[hook], InstanceId: instanceId };
    await unlessOver(this.#autoScaling.send(new RecordLifecycleActionHeartbeatCommand(action)));
  }

  async terminate(instanceId: string, replace: boolean): Promise<void> {
    await this.#autoScaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({
        InstanceId: instanceId,
        ShouldDecrementDesiredCapacity: !replace,
      }),
    );
  }

  async #complete(group: string, instanceId: string, hook: keyof typeof hookNames): Promise<void> {
    const action = { AutoScalingGroupName: group, LifecycleHookName: hookNames[hook], InstanceId: instanceId };
    const command = new CompleteLifecycleActionCommand({ ...action, LifecycleActionResult: "CONTINUE" });
    await unlessOver(this.#autoScaling.send(command));
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

/** A hook that has timed out, that a controller before us has completed or that is not open yet: either way there is nothing to answer. */
async function unlessOver(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof Error && hookIsOver.test(error.message))) {
      throw error;
    }
  }
}
