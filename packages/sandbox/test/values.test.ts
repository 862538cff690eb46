import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { possibleAliases } from "../src/engine/aliases.ts";
import { ignoreChanges, parsePath, pathContains } from "../src/engine/property-path.ts";
import { parseDuration } from "../src/engine/registration.ts";
import { makeUrn, parseReference, parseUrn } from "../src/engine/urn.ts";
import {
  annotateSecrets,
  containsSecrets,
  containsUnknowns,
  displayValue,
  makeSecret,
  marshal,
  Signature,
  signatureKey,
  unknownValue,
  type PropertyMap,
  type PropertyValue,
} from "../src/engine/values.ts";
import { fromStruct, toStruct } from "../src/engine/wire.ts";

/** Values without special ones. google-protobuf's maps cannot hold the key `__proto__`, in the SDK as here. */
const plain = fc
  .jsonValue({ maxDepth: 4 })
  .filter((value) => !JSON.stringify(value).includes("__proto__")) as fc.Arbitrary<PropertyValue>;
const plainMap = fc.dictionary(
  fc.string().filter((key) => key !== "__proto__"),
  plain,
) as fc.Arbitrary<PropertyMap>;
const output = (parts: PropertyMap): PropertyMap => ({ [signatureKey]: Signature.Output, ...parts });

describe("values", () => {
  it("survive the wire", () => {
    fc.assert(
      fc.property(plainMap, (map) => {
        // JSON has no negative zero, the wire has.
        expect(JSON.parse(JSON.stringify(fromStruct(toStruct(map))))).toEqual(JSON.parse(JSON.stringify(map)));
      }),
    );
  });

  it("lose exactly what a receiver does not understand", () => {
    const value: PropertyMap = {
      a: makeSecret("s"),
      b: [1, unknownValue, 2],
      c: { [signatureKey]: Signature.Resource, urn: "urn:x", id: "i" },
    };
    expect(marshal(value, { unknowns: true, secrets: true, resources: true })).toEqual(value);
    expect(marshal(value, {})).toEqual({ a: "s", b: [1, 2], c: "i" });
    expect(marshal(output({ value: 1, secret: true, dependencies: ["urn:a"] }), { secrets: true })).toEqual(
      makeSecret(1),
    );
    expect(marshal(output({}), { unknowns: true })).toBe(unknownValue);
    expect(marshal(output({}), {})).toBeUndefined();
  });

  it("never show a secret, wherever it is", () => {
    fc.assert(
      fc.property(plain, fc.array(fc.string({ minLength: 1 }), { maxLength: 3 }), (value, path) => {
        const wrapped = path.reduceRight<PropertyValue>(
          (inner, key) => ({ [key]: [inner] }),
          makeSecret({ hidden: "the-secret", value }),
        );
        expect(containsSecrets(wrapped)).toBe(true);
        expect(JSON.stringify(displayValue(wrapped))).not.toContain("the-secret");
      }),
    );
  });

  it("are unknown when anything inside is", () => {
    expect(containsUnknowns({ a: [{ b: unknownValue }] })).toBe(true);
    expect(containsUnknowns(output({ secret: true }))).toBe(true);
    expect(containsUnknowns(output({ value: 1 }))).toBe(false);
  });

  it("get their secret marks back by name", () => {
    expect(annotateSecrets({ a: "x", b: { c: 1 }, d: 2 }, { a: makeSecret("x"), b: { c: makeSecret(1) } })).toEqual({
      a: makeSecret("x"),
      b: { c: makeSecret(1) },
      d: 2,
    });
  });
});

describe("property paths", () => {
  it.each([
    ["root", ["root"]],
    ["root.nested", ["root", "nested"]],
    ['root["a.b"][0].*', ["root", "a.b", 0, "*"]],
    ["list[*].name", ["list", "*", "name"]],
  ])("%s", (text, path) => expect(parsePath(text)).toEqual(path));

  it("refuses what is left open", () => expect(() => parsePath('a["b')).toThrow(/not a property path/));

  it("contain what lies below them", () => {
    expect(pathContains(["a"], ["a", "b"])).toBe(true);
    expect(pathContains(["a", "*"], ["a", "b"])).toBe(true);
    expect(pathContains(["a", "b"], ["a"])).toBe(false);
  });

  it.each([
    ["a.b", { a: { b: 1, c: 1 } }, { a: { b: 2, c: 2 } }, { a: { b: 1, c: 2 } }],
    ["a[1]", { a: [1, 2] }, { a: [3, 4] }, { a: [3, 2] }],
    ["gone", { gone: 1 }, {}, { gone: 1 }],
    ["new", {}, { new: 1 }, {}],
    ["a.*", { a: { x: 1 } }, { a: { x: 2, y: 2 } }, { a: { x: 1 } }],
  ])("ignoring %s takes the old value", (path, old, current, expected) => {
    expect(ignoreChanges(current, old, [path])).toEqual({ inputs: expected, invalid: [] });
  });

  it("says where ignoring is not possible, and leaves the given inputs alone", () => {
    const current = { a: [1] };
    expect(ignoreChanges(current, { a: [1, 2] }, ["a[1]"]).invalid).toEqual(["a[1]"]);
    fc.assert(
      fc.property(
        plainMap,
        plainMap,
        fc.string({ minLength: 1 }).filter((text) => text !== "__proto__"),
        (old, inputs, key) => {
          const before = structuredClone(inputs);
          const path = `["${key.replace(/["\\]/g, "\\$&")}"]`;
          const result = ignoreChanges(inputs, old, [path]).inputs;
          expect(inputs).toEqual(before);
          const own = (map: PropertyMap) => (Object.hasOwn(map, key) ? map[key] : undefined);
          expect(own(result)).toEqual(own(old));
        },
      ),
    );
  });
});

describe("URNs", () => {
  it("are made and taken apart", () => {
    const root = makeUrn("dev", "demo", "", "pulumi:pulumi:Stack", "demo-dev");
    const box = makeUrn("dev", "demo", root, "demo:index:Box", "box");
    const inner = makeUrn("dev", "demo", box, "aws:ec2/vpc:Vpc", "a::b");
    expect(inner).toBe("urn:pulumi:dev::demo::demo:index:Box$aws:ec2/vpc:Vpc::a::b");
    expect(parseUrn(inner)).toEqual({
      stack: "dev",
      project: "demo",
      qualifiedType: "demo:index:Box$aws:ec2/vpc:Vpc",
      type: "aws:ec2/vpc:Vpc",
      name: "a::b",
    });
    expect(parseReference(`${inner}::id-1`)).toEqual({ urn: inner, id: "id-1" });
  });

  it("follow aliases of the resource and of its parent", () => {
    const parent = "urn:pulumi:dev::demo::demo:index:Box::new";
    const old = "urn:pulumi:dev::demo::demo:index:Box::old";
    const subject = {
      stack: "dev",
      project: "demo",
      name: "new-child",
      type: "t:i:T",
      parent,
      aliases: [{ name: "former" }, { noParent: true }],
    };
    expect(possibleAliases(subject, (urn) => (urn === parent ? old : undefined))).toEqual([
      "urn:pulumi:dev::demo::demo:index:Box$t:i:T::former",
      "urn:pulumi:dev::demo::t:i:T::new-child",
      "urn:pulumi:dev::demo::demo:index:Box$t:i:T::old-child",
    ]);
  });
});

describe("durations", () => {
  it.each([
    ["30s", 30],
    ["5m", 300],
    ["1h30m", 5400],
    ["1.5h", 5400],
    ["500ms", 0.5],
  ])("%s", (text, seconds) => expect(parseDuration(text)).toBeCloseTo(seconds));
  it.each(["", "5", "m", "5x"])("refuses %j", (text) => expect(() => parseDuration(text)).toThrow(/30s, 5m or 1h30m/));
});
