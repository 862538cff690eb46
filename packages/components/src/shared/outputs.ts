import type * as pulumi from "@pulumi/pulumi";

/** What a component gives: its fields beside those that every component has. */
type OutputsOf<Component> = Omit<Component, keyof pulumi.ComponentResource>;

/**
 * Sets the fields of a component, all of them, and gives them to be registered: one list of outputs where there would be two
 * that can differ.
 */
export function outputsOf<Component extends pulumi.ComponentResource>(
  component: Component,
  outputs: OutputsOf<Component>,
): OutputsOf<Component> {
  Object.assign(component, outputs);
  return outputs;
}
