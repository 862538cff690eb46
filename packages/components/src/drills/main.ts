import { drillReport } from "./drill-report.ts";
import { clientKinds, drills, type DrillName } from "./drills.ts";
import { assumedTimings, defaultTimings } from "./timings.ts";

const names = Object.keys(drills) as DrillName[];
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !names.includes(name as DrillName));

if (unknown.length > 0) {
  console.error(`No drill is called ${unknown.join(", ")}; there are ${names.join(", ")}.`);
  process.exitCode = 2;
} else {
  report(asked.length > 0 ? (asked as DrillName[]) : names);
}

function report(chosen: DrillName[]): void {
  console.log("Simulated in virtual time; nothing here was measured on AWS.");
  console.log(
    `Timings (s): ${Object.entries(defaultTimings)
      .map(([key, value]) => `${key} ${value}${assumedTimings.includes(key as never) ? " (assumed)" : ""}`)
      .join(", ")}`,
  );
  console.log(
    `Clients: 200 in each of 20 runs, a request a second; the fault lasts 600 s. Kinds: ${clientKinds.map(({ name }) => name).join("; ")}.\n`,
  );
  console.log(drillReport(chosen));
}
