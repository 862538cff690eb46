import type { Move, RegionDial } from "../global-front-door/evacuation/dial-rules.ts";
import { evacuate, type Dials } from "../global-front-door/evacuation/evacuation.ts";

/** An accelerator in virtual time, with clients that send a request a second to where its dials lead. */
export class DialsWorld {
  now = 0;
  /** Seconds at which requests failed. */
  readonly failures: number[] = [];
  readonly regions: RegionDial[];
  private readonly random: () => number;
  private readonly answers: (region: string, now: number) => boolean;

  /** @param answers whether a region answers a request at a second */
  constructor(
    regions: string[],
    dialPercents: Record<string, number>,
    random: () => number,
    answers: (region: string, now: number) => boolean = () => true,
  ) {
    this.regions = regions.map((region) => ({ region, dialPercent: dialPercents[region] ?? 100, healthy: true }));
    this.random = random;
    this.answers = answers;
  }

  /** Lets time pass, a request a second for each of ten clients, whose home is the first region. */
  pass(seconds: number): void {
    for (let second = 0; second < seconds; second++) {
      for (let client = 0; client < 10; client++) {
        const region = this.regionOf();
        if (!this.answers(region, this.now)) {
          this.failures.push(this.now);
        }
      }
      this.now++;
    }
  }

  /** Moves a region with the command's own rules. */
  move(region: string, move: Move, turnPercent: number, settleSeconds: number): Promise<{ finished: boolean }> {
    const dials: Dials = {
      read: async () => this.regions.map((each) => ({ ...each })),
      turn: async (turned, percent) => {
        for (const each of this.regions) {
          if (each.region === turned) {
            each.dialPercent = percent;
          }
        }
      },
      wait: async (seconds) => this.pass(seconds),
    };
    return evacuate(dials, { region, move, turnPercent, settleSeconds }, () => {});
  }

  /** A client's own region takes its dial's share; the rest goes on to the next, as the accelerator does. */
  private regionOf(): string {
    const taken = this.regions.find(({ dialPercent }) => this.random() * 100 < dialPercent);
    return (taken ?? this.regions.at(-1))?.region ?? "";
  }
}
