import { gunzipSync } from "node:zlib";
import { recorded, type Recording } from "../testing/recorded.ts";
import type { HotTierRedisArgs } from "./args.ts";
import { testAnswers, testArgs } from "./fixtures.ts";
import { HotTierRedis } from "./hot-tier-redis.ts";
import type { NodeFile } from "./user-data.ts";

/** A program in S3 that nodes install. */
export const artifact = { bucket: "programs", key: "valkey-9.1.2.tar.gz", sha256: "a".repeat(64) };

/** Records what the component makes. */
export function create(args: Partial<HotTierRedisArgs> = {}): Promise<Recording<HotTierRedis>> {
  return recorded(() => new HotTierRedis("hot-tier", testArgs(args)), testAnswers);
}

/** The node's files as cloud-init would write them. */
export function filesOf(recording: Recording<HotTierRedis>): NodeFile[] {
  const { userData } = recording.find("hot-tier-node").inputs;
  const text = gunzipSync(Buffer.from(userData as string, "base64")).toString();
  return (JSON.parse(text.slice(text.indexOf("\n"))) as { write_files: NodeFile[] }).write_files;
}
