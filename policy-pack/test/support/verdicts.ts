/** Judges a file of fixtures: `node test/support/verdicts.ts <file.jsonl>`. Prints what differs and a sum. */
import { readFileSync } from "node:fs";
import { verdictFor } from "./harness.ts";

/** One line of a fixture file. */
export interface Fixture {
  check_id: string;
  expected: "pass" | "fail";
  name: string;
  type: string;
  props: Record<string, unknown>;
}

export function readFixtures(path: string): Fixture[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as Fixture);
}

if (import.meta.main) {
  const fixtures = readFixtures(process.argv[2] ?? "");
  const judged = fixtures.map((fixture) => ({ fixture, got: verdictFor(fixture.check_id, fixture) }));
  for (const { fixture, got } of judged.filter(
    ({ fixture: { expected }, got: verdict }) => verdict !== undefined && verdict !== expected,
  )) {
    console.log(`${fixture.check_id} ${fixture.name} (${fixture.type}): expected ${fixture.expected}, got ${got}`);
  }
  const answered = judged.filter(({ got }) => got !== undefined);
  const same = answered.filter(({ fixture, got }) => got === fixture.expected);
  console.log(
    `${same.length} of ${answered.length} as expected; ${judged.length - answered.length} have no counterpart here`,
  );
}
