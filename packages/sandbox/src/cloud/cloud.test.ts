import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Cloud, type CloudObject } from "./cloud.ts";

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cloud-"));
  file = join(directory, "aws.jsonl");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const urn = "urn:pulumi:dev::demo::aws:ec2/vpc:Vpc::net";
const vpc = (id: string, inputs: CloudObject["inputs"] = {}): CloudObject => ({
  id,
  urn,
  type: "aws:ec2/vpc:Vpc",
  place: "us-east-1",
  inputs,
  outputs: {},
});
const recordsOf = () => readFileSync(file, "utf8").split("\n").filter(Boolean).length;

/** So many records of one object that the next to open the file writes it anew. */
function fill(cloud: Cloud): void {
  for (let turn = 0; turn < 70; turn += 1) cloud.put(vpc("vpc-1", { turn }));
}

it("counts the objects of a URN on after the journal was written anew, so that no ID comes twice", () => {
  const first = new Cloud(file);
  first.put(vpc("vpc-0"));
  fill(first);
  first.remove("aws:ec2/vpc:Vpc", "vpc-0", { urn });
  first.close();
  expect(new Cloud(file).generation(urn)).toBe(2);
  expect(recordsOf()).toBe(2);
  const next = new Cloud(file);
  expect(next.generation(urn)).toBe(2);
  expect(next.all()).toEqual([vpc("vpc-1", { turn: 69 })]);
  next.put(vpc("vpc-2"));
  next.close();
  expect(new Cloud(file).generation(urn)).toBe(3);
});

it("leaves the journal in its place while another run appends to it", () => {
  const running = new Cloud(file);
  fill(running);
  const other = new Cloud(file);
  expect(recordsOf()).toBe(70);
  running.put(vpc("vpc-late"));
  running.close();
  other.close();
  const ids = new Cloud(file).all().map(({ id }) => id);
  expect(ids).toEqual(["vpc-1", "vpc-late"]);
  expect(recordsOf()).toBe(3);
});

it("takes a record that a kill tore as not written, and the next one as whole", () => {
  const first = new Cloud(file);
  first.put(vpc("vpc-0"));
  first.close();
  appendFileSync(file, '{"op":"put","object":{"id":"vpc-to');
  const next = new Cloud(file);
  expect(next.all()).toEqual([vpc("vpc-0")]);
  next.put(vpc("vpc-1"));
  next.close();
  expect(new Cloud(file).all()).toEqual([vpc("vpc-0"), vpc("vpc-1")]);
});
