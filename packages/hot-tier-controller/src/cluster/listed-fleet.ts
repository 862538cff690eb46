import { InstanceState } from "../model.ts";
import type { Fleet, Machine } from "./fleet.ts";

/**
 * Machines that a person listed: any cluster can be looked at and rebalanced by hand. Nothing is launched or terminated;
 * an order to do so is refused with what to do instead.
 */
export class ListedFleet implements Fleet {
  readonly #machines: readonly Machine[];

  /**
   * @param nodes `zone=host:port` each
   * @throws Error that names the entry that is not like that
   */
  constructor(nodes: readonly string[]) {
    this.#machines = nodes.map((node) => {
      const match = /^([^=\s]+)=(.+:\d+)$/.exec(node);
      if (match === null) {
        throw new Error(`--node ${node}: has to be zone=host:port, such as usw2-az1=10.66.1.5:6379.`);
      }
      const [, zone = "", address = ""] = match;
      return { instanceId: address, address, zone, state: InstanceState.Running };
    });
  }

  get zones(): string[] {
    return [...new Set(this.#machines.map((machine) => machine.zone))].sort();
  }

  machines(): Promise<readonly Machine[]> {
    return Promise.resolve(this.#machines);
  }

  capacity(): Promise<Readonly<Record<string, number>>> {
    const count = (zone: string): number => this.#machines.filter((machine) => machine.zone === zone).length;
    return Promise.resolve(Object.fromEntries(this.zones.map((zone) => [zone, count(zone)])));
  }

  setCapacity(zone: string, capacity: number): Promise<void> {
    return Promise.reject(new Error(`start nodes until ${zone} has ${capacity}, and list them with --node`));
  }

  completeLaunch(): Promise<void> {
    return Promise.resolve();
  }

  completeTermination(): Promise<void> {
    return Promise.resolve();
  }

  heartbeat(): Promise<void> {
    return Promise.resolve();
  }

  terminate(instanceId: string): Promise<void> {
    return Promise.reject(
      new Error(`${instanceId} is not needed any more: stop its server and leave it out of --node`),
    );
  }
}
