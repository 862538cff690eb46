import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Connections } from "../src/cluster/connections.ts";
import { lookAt } from "../src/cluster/look.ts";
import { newMemory } from "../src/cluster/memory.ts";
import { execute } from "../src/execute/execute.ts";
import { defaultPace } from "../src/execute/pace.ts";
import { InstanceState } from "../src/model.ts";
import { ListedFleet } from "../src/cluster/listed-fleet.ts";
import { freeBusPort } from "./support/local-fleet.ts";
import { MortalConnections } from "./support/mortal-connections.ts";
import { startServer } from "./support/server-process.ts";
import { serverBinary } from "./support/servers.ts";

const option = "min-replicas-to-write";

test("a controller that dies anywhere in wiping a node leaves it refusing writes without a replica, and the next one ends it", async () => {
  const directory = mkdtempSync(join(tmpdir(), "mrgc-wipe-"));
  const port = String(await freeBusPort());
  const address = `127.0.0.1:${port}`;
  const machine = { instanceId: "i-1", address, zone: "z1", state: InstanceState.Running };
  const connections = new Connections();
  const server = await startServer({
    ...{ binary: await serverBinary("valkey-9.1"), host: "127.0.0.1", port, directory, nodeTimeoutMs: 2_000 },
    ...{ appendonly: false, tls: false, settings: [] },
  });

  /** A primary with a key, which owns all slots and has no replica. */
  const fill = async (): Promise<void> => {
    await connections.send(address, "CONFIG", "SET", option, 0);
    await connections.send(address, "CLUSTER", "ADDSLOTSRANGE", 0, 16_383).catch(() => {});
    const set = () => connections.text(address, "SET", "key", "value").catch(String);
    await expect.poll(set, { timeout: 30_000 }).toBe("OK");
    await connections.send(address, "CONFIG", "SET", option, 1);
  };
  /** Wipes it with as many commands as the controller lives for. */
  const wipe = async (mortal: Connections): Promise<string | undefined> => {
    const look = await lookAt(connections, machine, 5_000);
    const id = look?.self.id ?? "";
    const looks = new Map(look === undefined ? [] : [[id, look] as const]);
    const cluster = { nodes: [], settled: true, openSlots: [], moves: [], capacity: {}, backupRunning: false };
    const [outcome] = await execute(
      { actions: [{ kind: "wipe", node: id, reason: "" }], alarms: [] },
      { cluster: { ...cluster, formed: true }, looks },
      {
        ...{ fleet: new ListedFleet([]), connections: mortal, memory: newMemory(), pace: defaultPace, migrateAuth: [] },
        ...{ mayGoOn: () => true, onOutcome: () => {}, onProgress: () => {}, now: () => 0 },
      },
    );
    return outcome?.error;
  };

  try {
    await expect.poll(() => connections.text(address, "PING").catch(String), { timeout: 30_000 }).toBe("PONG");
    const errors: (string | undefined)[] = [];
    for (let commands = 0; errors.at(-1) !== undefined || commands === 0; commands++) {
      await fill();
      const mortal = new MortalConnections(commands);
      errors.push(await wipe(mortal));
      mortal.close();
      expect(await connections.send(address, "CONFIG", "GET", option)).toEqual([option, "1"]);
    }
    // A look of two commands, what is configured, the data, and the node itself.
    expect(errors).toEqual([...Array.from({ length: 5 }, () => "the controller is dead"), undefined]);
    expect(await connections.send(address, "DBSIZE")).toBe(0);
  } finally {
    connections.close();
    server.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  }
});
