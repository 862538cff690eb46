import type { Field } from "./field.ts";

/** The containers of a task definition, which are JSON text. An unknown text is one unknown container. */
export function containerDefinitions(props: Field): Field[] {
  return props.at("containerDefinitions").document().items();
}
