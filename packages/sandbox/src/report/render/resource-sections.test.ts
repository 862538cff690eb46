import { describe, expect, it } from "vitest";
import { buildModel } from "../build-model.ts";
import { fromPreview, type RawState } from "../source.ts";
import { changeSection } from "./resource-sections.ts";

interface Planned {
  name: string;
  op: string;
  before?: object;
  after?: object;
  replacing?: string[];
  changing?: string[];
}

const section = (...planned: Planned[]): string => {
  const steps = planned.map(({ name, op, before, after, replacing, changing }) => {
    const urn = `urn:pulumi:dev::shop::aws:ec2/instance:Instance::${name}`;
    const state = (inputs: object | undefined): RawState | null =>
      inputs ? { urn, type: "aws:ec2/instance:Instance", custom: true, inputs } : null;
    return {
      op,
      urn,
      oldState: state(before),
      newState: state(after),
      replaceReasons: replacing ?? null,
      diffReasons: changing ?? null,
    };
  });
  return changeSection(buildModel(fromPreview({ steps }, "a preview", "preview"))).text;
};
/** What a person reads: without tags, each run of blanks as one. */
const words = (markup: string): string => markup.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");

describe("what will change", () => {
  const text = section(
    { name: "kept", op: "same", before: {}, after: {} },
    { name: "a-new", op: "create", after: {} },
    { name: "b-larger", op: "update", before: { size: 16 }, after: { size: 18 }, changing: ["size"] },
    {
      name: "c-moved",
      op: "replace",
      before: { ami: "ami-0123456789abcdef0", name: "x" },
      after: { ami: "ami-0fedcba9876543210", name: "y" },
      replacing: ["ami"],
      changing: ["ami", "name"],
    },
    { name: "d-gone", op: "delete", before: {} },
  );

  it("is counted by kind", () => {
    expect(text).toContain("A run would touch 4 of 5 resources: 1 created, 1 updated, 1 replaced, 1 deleted.");
  });

  it("begins with what is lost, and with what forces it", () => {
    const [lost = "", rest = ""] = text.split("<h3>By component</h3>");
    expect(words(lost)).toContain(
      "Replaced or deleted replace c-moved aws:ec2/instance:Instance forced by ami ami-0123456789abcdef0 → ami-0fedcba9876543210; also name delete d-gone",
    );
    expect(words(rest)).toContain(
      "outside components: 1 created, 1 updated update b-larger aws:ec2/instance:Instance changes size 16 → 18 create a-new",
    );
    expect(text.match(/c-moved/g)).toHaveLength(1);
  });

  it("has no part for losses where nothing is lost", () => {
    expect(section({ name: "a-new", op: "create", after: {} })).not.toContain("Replaced or deleted");
    expect(section({ name: "kept", op: "same", before: {}, after: {} })).toContain("Nothing: the deployment is what");
  });
});
