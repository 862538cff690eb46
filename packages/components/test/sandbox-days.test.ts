import { afterAll, expect, it } from "vitest";
import { sandboxDays, SandboxRegions } from "../src/drills/sandbox-days.ts";

const regions = new SandboxRegions();
afterAll(() => regions.close());

it.each(Object.keys(sandboxDays))(
  "%s: what was lost is made again, and nothing else is touched",
  async (name) => {
    expect(await sandboxDays[name]!.play(regions)).toEqual([]);
  },
  900_000,
);
