import { describe, expect, it } from "vitest";
import { emptyState, StepKind, type Step } from "../engine/model.ts";
import { Palette } from "./format.ts";
import { branchOf, StackTree } from "./tree.ts";

const plain = new Palette(false);
const urn = (type: string, name: string) => `urn:pulumi:us-east-1::mrgc::${type}::${name}`;
const create = (type: string, name: string): Step => ({ kind: StepKind.Create, urn: urn(type, name) });

describe("the tree of a run", () => {
  it.each([
    ["mrgc:index:Network$awsx:ec2:Vpc$aws:ec2/vpc:Vpc", "Network"],
    ["mrgc:index:Network", "Network"],
    ["aws:ec2/vpc:Vpc", "other resources"],
    ["pulumi:pulumi:Stack", "other resources"],
    ["pulumi:providers:aws", "other resources"],
  ])("puts %s below %s", (type, branch) => {
    expect(branchOf(urn(type, "x"))).toBe(branch);
  });

  it("tells what is done and what has been going on for longest", () => {
    const tree = new StackTree();
    const [vpc, subnet] = [
      create("mrgc:index:Network$aws:ec2/vpc:Vpc", "v"),
      create("mrgc:index:Network$aws:ec2/subnet:Subnet", "s"),
    ];
    const bucket = create("aws:s3/bucket:Bucket", "b");
    tree.began(bucket, 0);
    tree.ended(bucket, false);
    tree.began(vpc, 1000);
    tree.began(subnet, 2000);
    expect(tree.lines(5000, 10, plain)).toEqual([
      "  ├─ Network              0  create aws:ec2/vpc:Vpc v 4 s, 1 more",
      "  └─ other resources      1",
    ]);
  });

  it("names no component as what takes the time", () => {
    const tree = new StackTree();
    const stack = create("pulumi:pulumi:Stack", "mrgc-us-east-1");
    tree.began({ ...stack, state: emptyState(stack.urn, "pulumi:pulumi:Stack", false) }, 0);
    tree.began(create("aws:kms/key:Key", "k"), 3000);
    expect(tree.lines(5000, 10, plain)).toEqual(["  └─ other resources      0  create aws:kms/key:Key k 2 s"]);
  });

  it("tells changed from unchanged, and failures", () => {
    const tree = new StackTree();
    const same: Step = { kind: StepKind.Same, urn: urn("mrgc:index:Network", "n") };
    const vpc = create("mrgc:index:Network$aws:ec2/vpc:Vpc", "v");
    tree.began(same, 0);
    tree.ended(same, false);
    tree.began(vpc, 0);
    tree.ended(vpc, true);
    expect(tree.lines(0, 10, plain)).toEqual(["  └─ Network              2, 1 of them changed 1 failed"]);
  });

  it("shows those at work when there is no room for all", () => {
    const tree = new StackTree();
    for (const component of ["A", "B", "C"]) {
      tree.ended(create(`x:index:${component}`, "n"), false);
    }
    tree.began(create("x:index:B", "n"), 0);
    expect(tree.lines(0, 2, plain)).toEqual(["  └─ B                    1  create x:index:B n 0 s"]);
    expect(tree.lines(0, 0, plain)).toEqual([]);
  });
});
