import { unknownCheckingProxy } from "@pulumi/policy";
import { describe, expect, it } from "vitest";
import { Field, UNKNOWN } from "./field.ts";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const at = (props: Record<string, unknown>, ...path: string[]) => new Field(unknownCheckingProxy(props)).at(...path);

describe("Field", () => {
  it("reads a block as an object, as an array of one, and below either", () => {
    for (const block of [{ encrypted: true }, [{ encrypted: true }]]) {
      expect(at({ root: block }, "root", "encrypted").flag()).toBe(true);
    }
    expect(at({ root: [{ encrypted: true }] }, "root", "encrypted").path).toBe("root[0].encrypted");
  });

  it.each([
    ["true", true],
    ["False", false],
    [true, true],
    [["true"], true],
    ["yes", undefined],
    [undefined, undefined],
    [unknown, UNKNOWN],
    [{ $ref: "var.x" }, UNKNOWN],
  ])("reads %j as the flag %s", (value, flag) => {
    expect(at({ value }, "value").flag()).toBe(flag);
  });

  it.each([
    ["22", 22],
    [22, 22],
    [["22"], 22],
    ["", undefined],
    ["x", undefined],
    [unknown, UNKNOWN],
  ])("reads %j as the number %s", (value, number) => {
    expect(at({ value }, "value").number()).toBe(number);
  });

  it("reads JSON text, an object and unknown text alike, and text that is no JSON as unset", () => {
    expect(
      at({ policy: '{"Statement":[{"Effect":"Deny"}]}' }, "policy").document().at("Statement", "Effect").text(),
    ).toBe("Deny");
    expect(
      at({ policy: { Statement: { Effect: "Deny" } } }, "policy")
        .document()
        .at("Statement", "Effect")
        .text(),
    ).toBe("Deny");
    expect(at({ policy: unknown }, "policy").document().at("Statement", "Effect").isUnknown).toBe(true);
    expect(at({ policy: "no json" }, "policy").document().isUnset).toBe(true);
  });

  it("is unknown below an unknown, and knows what stands beside it", () => {
    const list = at({ list: [unknown, { a: 1, b: unknown }] }, "list");
    expect(list.items().map((item) => item.isUnknown)).toEqual([true, false]);
    expect(list.items()[0]?.at("a", "b").isUnknown).toBe(true);
    expect(list.items()[1]?.at("a").number()).toBe(1);
    expect(list.items()[1]?.holdsUnknown()).toBe(true);
    expect(list.items()[1]?.keys()).toEqual(["a", "b"]);
  });

  it("reads no property that an object only inherits", () => {
    expect(at({ tags: {} }, "tags", "constructor").isUnset).toBe(true);
    expect(at({ list: [1, 2] }, "list", "length").isUnset).toBe(true);
  });
});
