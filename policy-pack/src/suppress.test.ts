import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { suppressed } from "./suppress.ts";

const registered: pulumi.runtime.MockResourceArgs[] = [];

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource: (args) => {
      registered.push(args);
      return { id: `${args.name}-id`, state: args.inputs };
    },
    call: () => ({}),
  });
});

describe("suppressed", () => {
  it("registers the exception and makes the resource wait for it, beside its own dependencies", async () => {
    const other = new pulumi.ComponentResource("test:index:Other", "other");
    const exception = {
      rule: "required-tags",
      reason: "imported",
      owner: "platform@example.com",
      expires: "2999-01-01",
    };
    const options: pulumi.ComponentResourceOptions = suppressed("queue", exception, {
      dependsOn: other,
      protect: true,
    });
    expect(options.protect).toBe(true);
    expect(options.dependsOn).toHaveLength(2);
    await new Promise((resolve) => setImmediate(resolve));
    const marker = registered.find(({ type }) => type === "mrgc:policy:Suppression");
    expect(marker?.name).toBe("queue-required-tags");
    expect(marker?.inputs).toMatchObject({ ...exception, resource: "queue" });
  });
});
