import type { InstanceState } from "../model.ts";

/** A machine that a node runs on. */
export interface Machine {
  readonly instanceId: string;
  /** `host:port` of its server. */
  readonly address: string;
  /** Availability Zone ID. */
  readonly zone: string;
  readonly state: InstanceState;
}

/** The machines and their groups: Auto Scaling on AWS, processes in tests, a list of addresses by hand. */
export interface Fleet {
  /** All machines that are not gone. */
  machines(): Promise<readonly Machine[]>;
  /** Zone ID -> desired capacity of its groups together. */
  capacity(): Promise<Readonly<Record<string, number>>>;
  setCapacity(zone: string, capacity: number): Promise<void>;
  completeLaunch(instanceId: string): Promise<void>;
  completeTermination(instanceId: string): Promise<void>;
  heartbeat(instanceId: string, hook: "launching" | "terminating"): Promise<void>;
  /** @param replace whether the group launches another one */
  terminate(instanceId: string, replace: boolean): Promise<void>;
}
