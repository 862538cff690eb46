import { expect, test } from "vitest";
import { parseClusterNodes } from "./parse.ts";
import type { KnownLines } from "./parse.ts";

const id = (digit: string): string => digit.repeat(40);
const self = `${id("a")} 127.0.0.1:7000@17000,host,shard-id=1 myself,master - 0 0 3 connected 0-99 200 [42->-${id("b")}] [300-<-${id("b")}]`;
const replica = (pinged: number, link: string): string =>
  `${id("b")} 127.0.0.1:7001@17001 slave ${id("a")} ${pinged} 1795260000000 3 ${link}`;

test("a node's own line has its slots and those that are on their way", () => {
  expect(parseClusterNodes(`${self}\n`)).toEqual([
    {
      id: id("a"),
      address: "127.0.0.1:7000",
      flags: new Set(["myself", "master"]),
      configEpoch: 3,
      slots: [
        [0, 99],
        [200, 200],
      ],
      migrating: [{ slot: 42, to: id("b") }],
      importing: [{ slot: 300, from: id("b") }],
    },
  ]);
});

test("lines that differ only in times and links are parsed once; any other difference is another line", () => {
  const known: KnownLines = new Map();
  const [first] = parseClusterNodes(replica(0, "connected"), known);
  const [later] = parseClusterNodes(replica(17, "disconnected"), known);
  expect(later).toBe(first);
  expect(first).toMatchObject({ primaryId: id("a"), configEpoch: 3, slots: [] });
  const other = (from: string, to: string) => parseClusterNodes(replica(0, "connected").replace(from, to), known)[0];
  expect(other("slave", "slave,fail")?.flags).toEqual(new Set(["slave", "fail"]));
  expect(other(id("a"), id("c"))?.primaryId).toBe(id("c"));
  expect(other(" 3 ", " 4 ")?.configEpoch).toBe(4);
  expect(other("connected", "connected 5-6")?.slots).toEqual([[5, 6]]);
  expect(other("7001@", "7002@")?.address).toBe("127.0.0.1:7002");
});

test("a line with too few fields is refused", () => {
  expect(() => parseClusterNodes("abc 127.0.0.1:7000@17000 master -")).toThrow(/fewer than eight fields/);
});
