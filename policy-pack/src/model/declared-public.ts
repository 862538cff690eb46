import type { Field } from "./field.ts";

/** The setting of rules about public load balancers. */
export const publicNames = {
  publicNames: {
    type: "array",
    items: { type: "string" },
    default: [],
    description: "Logical names of load balancers that are meant to be public.",
  },
} as const;

/** Whether a load balancer is meant to be public: by its name in the setting `publicNames`, or by the tag `Exposure: public`. */
export function declaredPublic(name: string, props: Field, config: Record<string, unknown>): boolean {
  const tag = props.at("tags", "Exposure").text();
  return (
    (config["publicNames"] as string[]).includes(name) || (typeof tag === "string" && tag.toLowerCase() === "public")
  );
}
