import { execFileSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Fleet, Machine } from "../../src/cluster/fleet.ts";
import { InstanceState } from "../../src/model.ts";
import { startServer } from "./server-process.ts";

interface LocalMachine {
  instanceId: string;
  address: string;
  zone: string;
  state: InstanceState;
  readonly directory: string;
  process?: ChildProcess;
}

/** How servers are started. */
export interface LocalFleetOptions {
  readonly binary: string;
  readonly zones: readonly string[];
  readonly nodeTimeoutMs?: number;
  readonly appendonly?: boolean;
  /** Clients by TLS only; `settings` have to name the certificates. */
  readonly tls?: boolean;
  /** More configuration, as `name value` words. */
  readonly settings?: readonly string[];
}

/** Machines that are processes on loopback, in zones by name, with what Auto Scaling does to them. */
export class LocalFleet implements Fleet {
  readonly machinesById = new Map<string, LocalMachine>();
  readonly capacities = new Map<string, number>();
  readonly heartbeats: string[] = [];
  readonly #options: LocalFleetOptions;
  readonly #root = mkdtempSync(join(tmpdir(), "mrgc-hot-tier-"));
  #serial = 0;

  constructor(options: LocalFleetOptions) {
    this.#options = options;
    options.zones.forEach((zone) => this.capacities.set(zone, 0));
    // A run that is stopped in the middle leaves no server behind.
    process.once("exit", () => this.machinesById.forEach((machine) => machine.process?.kill("SIGKILL")));
  }

  machines(): Promise<readonly Machine[]> {
    const there = [...this.machinesById.values()].filter(({ state }) => state !== InstanceState.Gone);
    return Promise.resolve(there.map(({ instanceId, address, zone, state }) => ({ instanceId, address, zone, state })));
  }

  capacity(): Promise<Readonly<Record<string, number>>> {
    return Promise.resolve(Object.fromEntries(this.capacities));
  }

  async setCapacity(zone: string, capacity: number): Promise<void> {
    this.capacities.set(zone, capacity);
    await this.#fill(zone);
  }

  completeLaunch(instanceId: string): Promise<void> {
    this.machine(instanceId).state = InstanceState.Running;
    return Promise.resolve();
  }

  async completeTermination(instanceId: string): Promise<void> {
    await this.lose(instanceId);
  }

  heartbeat(instanceId: string): Promise<void> {
    this.heartbeats.push(instanceId);
    return Promise.resolve();
  }

  async terminate(instanceId: string, replace: boolean): Promise<void> {
    const machine = this.machine(instanceId);
    machine.state = InstanceState.Terminating;
    if (replace) {
      await this.#fill(machine.zone);
    } else {
      this.capacities.set(machine.zone, (this.capacities.get(machine.zone) ?? 0) - 1);
    }
  }

  machine(instanceId: string): LocalMachine {
    const machine = this.machinesById.get(instanceId);
    if (machine === undefined) {
      throw new Error(`no machine ${instanceId}`);
    }
    return machine;
  }

  at(address: string): LocalMachine {
    const machine = [...this.machinesById.values()].find((candidate) => candidate.address === address);
    if (machine === undefined) {
      throw new Error(`no machine at ${address}`);
    }
    return machine;
  }

  /** SIGKILL; the machine itself stays and may start its server again. */
  async kill(instanceId: string): Promise<void> {
    const { process: server } = this.machine(instanceId);
    if (server !== undefined && server.exitCode === null && server.signalCode === null) {
      const gone = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGKILL");
      await gone;
    }
  }

  /** The group launches one more than it is asked for: a successor, as a rolling replacement does. */
  async launchAhead(zone: string): Promise<string> {
    await this.#launch(zone);
    return [...this.machinesById.keys()].at(-1) ?? "";
  }

  /** The group ends a machine that has a successor: its hook waits. */
  endPredecessor(instanceId: string): void {
    this.machine(instanceId).state = InstanceState.Terminating;
  }

  /** From now on no file of the server may grow beyond `bytes`: its disk is full. */
  fillDisk(instanceId: string, bytes: number): void {
    execFileSync("prlimit", ["--pid", String(this.machine(instanceId).process?.pid), `--fsize=${bytes}`]);
  }

  /** The machine is terminated: its server dies and EC2 forgets it. */
  async lose(instanceId: string): Promise<void> {
    await this.kill(instanceId);
    this.machine(instanceId).state = InstanceState.Gone;
  }

  /** Starts the server of a machine again, with the files that it left. */
  async restart(instanceId: string): Promise<void> {
    await this.#start(this.machine(instanceId));
  }

  /** Groups replace machines that are gone, as Auto Scaling does. */
  async refill(): Promise<void> {
    for (const zone of this.#options.zones) {
      await this.#fill(zone);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.machinesById.keys()].map((id) => this.kill(id)));
    rmSync(this.#root, { recursive: true, force: true });
  }

  async #fill(zone: string): Promise<void> {
    const counted = [...this.machinesById.values()].filter(
      (machine) =>
        machine.zone === zone && (machine.state === InstanceState.Running || machine.state === InstanceState.Launching),
    ).length;
    const missing = Math.max(0, (this.capacities.get(zone) ?? 0) - counted);
    await Promise.all(Array.from({ length: missing }, () => this.#launch(zone)));
  }

  async #launch(zone: string): Promise<void> {
    this.#serial += 1;
    const instanceId = `i-${String(this.#serial).padStart(4, "0")}`;
    const directory = join(this.#root, instanceId);
    mkdirSync(directory);
    const port = await freeBusPort();
    const machine = { instanceId, address: `127.0.0.1:${port}`, zone, state: InstanceState.Launching, directory };
    this.machinesById.set(instanceId, machine);
    await this.#start(machine);
  }

  async #start(machine: LocalMachine): Promise<void> {
    const { binary, nodeTimeoutMs = 2_000, appendonly = false, tls = false, settings = [] } = this.#options;
    const [host = "", port = ""] = machine.address.split(":");
    const { directory } = machine;
    machine.process = await startServer({ binary, host, port, directory, nodeTimeoutMs, appendonly, tls, settings });
  }
}

/** Distance of a node's cluster bus port from its port. */
const busDistance = 10_000;
const lowestPort = 10_000;
/** Both ports are below those that the system gives to outgoing connections: a node that comes back finds its own ones free. */
const portCount = 10_000;
/** Servers that were given a port may not listen yet. */
const given = new Set<number>();

/** A free port whose cluster bus port is free too. */
export async function freeBusPort(): Promise<number> {
  for (;;) {
    const port = lowestPort + Math.floor(Math.random() * portCount);
    if (given.has(port)) {
      continue;
    }
    given.add(port);
    if ((await isFree(port)) && (await isFree(port + busDistance))) {
      return port;
    }
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
