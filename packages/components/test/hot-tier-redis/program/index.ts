import * as aws from "@pulumi/aws";
import { HotTierRedis } from "../../../src/hot-tier-redis/hot-tier-redis.ts";
import { testArgs } from "../../../src/hot-tier-redis/fixtures.ts";

const provider = new aws.Provider("aws", { region: "us-west-2" });
const args = JSON.parse(process.env.HOT_TIER_ARGS ?? "{}") as object;

export const endpoint = new HotTierRedis("hot-tier", testArgs(args), { provider }).endpoint;
