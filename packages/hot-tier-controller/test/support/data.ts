import { Cluster } from "iovalkey";
import type { Connections } from "../../src/cluster/connections.ts";

/** Keys of every type and encoding that a backup has to carry: small and large, with and without an expiry. */
export async function fillCluster(primaries: readonly string[], keys: number, prefix = ""): Promise<void> {
  const cluster = new Cluster(primaries.map((address) => ({ host: "127.0.0.1", port: Number(address.split(":")[1]) })));
  const later = Date.now() + 86_400_000;
  const fill = async (index: number): Promise<unknown> => {
    const key = `${prefix}key:${index}`;
    const many = Array.from({ length: index % 2 === 0 || index > 20_000 ? 5 : 300 }, (_, item) => String(item));
    switch (index % 40) {
      case 0:
        return cluster.rpush(key, ...many, "x".repeat(100));
      case 1:
        return cluster.sadd(key, ...many);
      case 2:
        return cluster.sadd(key, ...many.map((item) => `member ${item}`));
      case 3:
        return cluster.zadd(key, ...many.flatMap((item) => [Number(item) / 3, `z${item}`]));
      case 4:
        return cluster.hset(key, ...many.flatMap((item) => [`f${item}`, `v${item}`]));
      case 5:
        await cluster.xadd(key, "1-1", "field", "value");
        await cluster.xadd(key, "2-1", "field", "value", "other", "x".repeat(200));
        await cluster.xgroup("CREATE", key, "group", "0");
        return cluster.xreadgroup("GROUP", "group", "reader", "COUNT", 1, "STREAMS", key, ">");
      case 6:
        return cluster.set(key, "a".repeat(10_000));
      case 7:
        return cluster.set(key, index * 1_000);
      case 8:
        return cluster.set(key, Buffer.from([0, 1, 255, 128]), "PXAT", later + index);
      case 9:
        return cluster.zadd(key, "-inf", "low", "inf", "high", 0.1, "x".repeat(100));
      case 10:
        await cluster.hset(key, ...many.flatMap((item) => [`f${item}`, `v${item}`]));
        // As a script, because the client does not know this command's keys.
        return cluster.eval("return redis.call('HPEXPIREAT', KEYS[1], ARGV[1], 'FIELDS', 1, 'f1')", 1, key, later);
      default:
        return cluster.set(key, `value ${index} ${"v".repeat(index % 100)}`);
    }
  };
  for (let start = 0; start < keys; start += 2_000) {
    await Promise.all(Array.from({ length: Math.min(2_000, keys - start) }, (_, index) => fill(start + index)));
  }
  cluster.disconnect();
}

/** Every key of all primaries with the server's own digest of its type and value, and its expiry. */
export async function dumpCluster(
  connections: Connections,
  primaries: readonly string[],
): Promise<Map<string, string>> {
  const all = new Map<string, string>();
  const dumpNode = async (address: string): Promise<void> => {
    let cursor = "0";
    do {
      const [next, keys] = (await connections.send(address, "SCAN", cursor, "COUNT", 1_000)) as [string, string[]];
      cursor = next;
      if (keys.length > 0) {
        const replies = await connections.pipeline(address, [
          ["DEBUG", "DIGEST-VALUE", ...keys],
          ...keys.map((key) => ["PEXPIRETIME", key]),
        ]);
        const [digests, ...expiries] = replies as [string[], ...number[]];
        keys.forEach((key, index) => all.set(key, `${digests[index]} ${expiries[index]}`));
      }
    } while (cursor !== "0");
  };
  await Promise.all(primaries.map(dumpNode));
  return all;
}

/** Keys of 100 bytes and nothing else: what the benchmarks move. */
export async function fillPlain(primaries: readonly string[], keys: number): Promise<void> {
  const cluster = new Cluster(primaries.map((address) => ({ host: "127.0.0.1", port: Number(address.split(":")[1]) })));
  const value = "v".repeat(100);
  const atOnce = 5_000;
  for (let start = 0; start < keys; start += atOnce) {
    const count = Math.min(atOnce, keys - start);
    await Promise.all(Array.from({ length: count }, (_, index) => cluster.set(`key:${start + index}`, value)));
  }
  cluster.disconnect();
}

/** Keys whose names are no text in any encoding. */
export async function fillBytes(primaries: readonly string[], keys: number): Promise<void> {
  const cluster = new Cluster(primaries.map((address) => ({ host: "127.0.0.1", port: Number(address.split(":")[1]) })));
  const name = (index: number): Buffer =>
    Buffer.concat([Buffer.from("bytes:"), Buffer.from([0xff, 0xc0, index >> 8, index & 0xff])]);
  await Promise.all(Array.from({ length: keys }, (_, index) => cluster.set(name(index), "v")));
  cluster.disconnect();
}

/** How many keys of a pattern the nodes hold together. */
export async function countKeys(
  connections: Connections,
  primaries: readonly string[],
  pattern: string,
): Promise<number> {
  let count = 0;
  for (const address of primaries) {
    count += ((await connections.pipelineOfBuffers(address, [["KEYS", pattern]]))[0] as Buffer[]).length;
  }
  return count;
}
