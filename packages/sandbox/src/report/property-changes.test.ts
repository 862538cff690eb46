import { expect, it } from "vitest";
import { propertyChanges } from "./property-changes.ts";

const told = (before: unknown, after: unknown) => propertyChanges([], ["it"], { it: before }, { it: after })[0]!.values;

it("names what forces a replacement first, each property once", () => {
  expect(propertyChanges(["ami"], ["tags", "ami"], {}, {})).toEqual([
    { property: "ami", replaces: true },
    { property: "tags", replaces: false },
  ]);
});

it.each([
  [16, 18, "16", "18"],
  [true, false, "true", "false"],
  ["r6i.4xlarge", "r7g.4xlarge", "r6i.4xlarge", "r7g.4xlarge"],
  ["db.r6i.xlarge", "db.r6i.2xlarge", "db.r6i.xlarge", "db.r6i.2xlarge"],
  ["1.35", "1.36", "1.35", "1.36"],
  ["10.0.0.0/24", "10.0.1.0/24", "10.0.0.0/24", "10.0.1.0/24"],
  ["ami-0123456789abcdef0", "ami-0fedcba9876543210", "ami-0123456789abcdef0", "ami-0fedcba9876543210"],
])("tells %j and %j", (before, after, was, will) => {
  expect(told(before, after)).toEqual({ before: was, after: will });
});

it.each([
  ["a text that may be anything", "correct-horse", "battery-staple"],
  ["a code", "482913", "482914"],
  ["a key", "AKIAIOSFODNN7EXAMPLE", "AKIAI44QH8DHBEXAMPLE"],
  ["a hash of a length that no AWS id has", "token-0123456789abcdef", "token-fedcba9876543210"],
  ["a list", [1], [2]],
  ["what is not known yet", 16, undefined],
  ["what stays", 16, 16],
])("keeps %s to itself", (_, before, after) => {
  expect(told(before, after)).toBeUndefined();
});
