import { defaultSettleSeconds, defaultTurnPercent, Move } from "../global-front-door/evacuation/dial-rules.ts";
import { DialsWorld } from "./dials-world.ts";
import type { GameDay, GameDayWorld } from "./game-day.ts";
import { databaseDays } from "./game-days-of-database.ts";
import { entryDays } from "./game-days-of-entry.ts";
import { hotTierDays } from "./game-days-of-hot-tier.ts";

/** Moves a region of the world's front door, and tells how it went. */
async function move(world: GameDayWorld, dials: DialsWorld, what: Move) {
  const { turnPercent = defaultTurnPercent, settleSeconds = defaultSettleSeconds, regions } = world.frontDoor;
  const [home = ""] = regions;
  const started = dials.now;
  const { finished } = await dials.move(home, what, turnPercent, settleSeconds);
  return { finished, seconds: dials.now - started };
}

const evacuationDays: Record<string, GameDay> = {
  evacuation: {
    title: "A region is evacuated on purpose",
    async play(world, { random }) {
      const [home = ""] = world.frontDoor.regions;
      const dials = new DialsWorld(world.frontDoor.regions, {}, random);
      const { finished, seconds } = await move(world, dials, Move.Evacuate);
      const asked = new DialsWorld(world.frontDoor.regions, { [home]: 0 }, random, (region) => region !== home);
      asked.pass(60);
      return {
        seconds,
        checks: {
          "the command ends where it was to": finished && dials.regions[0]?.dialPercent === 0,
          "no request fails on the way": dials.failures.length === 0,
          "nobody is sent to the region afterwards": asked.failures.length === 0,
        },
      };
    },
  },
  return: {
    title: "It comes back",
    async play(world, { random }) {
      const [home = ""] = world.frontDoor.regions;
      const dials = new DialsWorld(world.frontDoor.regions, { [home]: 0 }, random);
      const { finished, seconds } = await move(world, dials, Move.Return);
      return {
        seconds,
        checks: {
          "the command ends where it was to": finished && dials.regions[0]?.dialPercent === 100,
          "no request fails on the way": dials.failures.length === 0,
        },
      };
    },
  },
  "bad-region": {
    title: "A region answers badly, health checks see nothing, a person evacuates it",
    async play(world, { random, upTo }) {
      const [home = ""] = world.frontDoor.regions;
      const dials = new DialsWorld(world.frontDoor.regions, {}, random, (region) => region !== home);
      dials.pass(Math.floor(upTo("response")));
      const { finished } = await move(world, dials, Move.Evacuate);
      const over = dials.now;
      dials.pass(60);
      const last = dials.failures.at(-1) ?? 0;
      return {
        seconds: Math.max(over, last + 1),
        checks: { "the command ends where it was to": finished, "nothing fails afterwards": last < over },
      };
    },
  },
};

/** The game days of `docs/drills.md`, by the name that the plan's objectives have for them. */
export const gameDays: Record<string, GameDay> = { ...hotTierDays, ...entryDays, ...evacuationDays, ...databaseDays };
