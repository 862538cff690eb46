import { parseArgs } from "node:util";
import { GlobalAcceleratorClient } from "@aws-sdk/client-global-accelerator";
import { acceleratorDials } from "./accelerator-dials.ts";
import { defaultSettleSeconds, defaultTurnPercent, Move, type DialStep, type RegionDial } from "./dial-rules.ts";
import { evacuate } from "./evacuation.ts";

const usage = `Usage: mrgc-evacuate <evacuate|return> <region> --accelerator <arn> [options]

Takes a region's public traffic away, or gives it back, one step at a time. Private tenants are not touched: their
names follow their own health checks.

Options:
  --accelerator <arn>  the accelerator (output acceleratorArn of the global stack)
  --turn <percent>     how far the dial turns in one step (default: 25)
  --settle <seconds>   wait between steps (default: 60)
  --dry-run            tell what would be done, and do nothing
  --help`;

process.exitCode = await main(process.argv.slice(2));

async function main(argv: string[]): Promise<number> {
  const parsed = parse(argv);
  if (typeof parsed === "string") {
    console.error(`${parsed}\n\n${usage}`);
    return 2;
  }
  if (parsed.values.help === true) {
    console.log(usage);
    return 0;
  }
  const [move, region] = parsed.positionals;
  const acceleratorArn = parsed.values.accelerator;
  const [turnPercent, settleSeconds] = [Number(parsed.values.turn), Number(parsed.values.settle)];
  if ((move !== Move.Evacuate && move !== Move.Return) || region === undefined || acceleratorArn === undefined) {
    console.error(usage);
    return 2;
  }
  if (!(turnPercent > 0 && turnPercent <= 100) || !(settleSeconds >= 0)) {
    console.error(`--turn is more than 0 and at most 100, --settle at least 0.\n\n${usage}`);
    return 2;
  }
  const dryRun = parsed.values["dry-run"] === true;
  // Global Accelerator's API is in us-west-2, wherever the regions are.
  const dials = acceleratorDials(new GlobalAcceleratorClient({ region: "us-west-2" }), acceleratorArn);
  const result = await evacuate(dials, { region, move, turnPercent, settleSeconds, dryRun }, (step, regions) =>
    console.log(`${describe(regions)}  ${dryRun ? "would " : ""}${sentence(step)}`),
  );
  return result.finished ? 0 : 1;
}

function parse(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        accelerator: { type: "string" },
        turn: { type: "string", default: String(defaultTurnPercent) },
        settle: { type: "string", default: String(defaultSettleSeconds) },
        "dry-run": { type: "boolean" },
        help: { type: "boolean" },
      },
    });
  } catch (error) {
    return (error as Error).message;
  }
}

function describe(regions: RegionDial[]): string {
  const health = (healthy: boolean | undefined) => (healthy === undefined ? "?" : healthy ? "healthy" : "UNHEALTHY");
  return regions.map(({ region, dialPercent, healthy }) => `${region} ${dialPercent} % ${health(healthy)}`).join(", ");
}

function sentence(step: DialStep): string {
  switch (step.kind) {
    case "turn":
      return `turn ${step.region} from ${step.fromPercent} to ${step.toPercent} %`;
    case "done":
      return "stop: done";
    default:
      return `${step.kind}: ${step.reason}`;
  }
}
