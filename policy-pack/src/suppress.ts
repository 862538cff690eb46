/**
 * Exceptions from single rules, written in the program.
 *
 * @module @mrgc/policy-pack/suppress
 */

import * as pulumi from "@pulumi/pulumi";
import { type Suppression, suppressionType } from "./suppressions/suppression.ts";

/**
 * Excepts one resource from one rule, in the program that makes it. The exception is a resource of its own: it is seen in previews and
 * kept in the stack's state, and on the day after `expires` it turns into a violation.
 *
 * ```ts
 * import { suppressed } from "@mrgc/policy-pack/suppress";
 *
 * new aws.lb.LoadBalancer("edge", args, suppressed("edge", {
 *   rule: "load-balancer-internal",
 *   reason: "the public entrance of the docs site",
 *   owner: "web@example.com",
 *   expires: "2027-03-31",
 * }, { parent: this }));
 * ```
 *
 * @param resource the logical name of the resource
 * @param options the resource's other options
 * @returns options that make the resource depend on its exception, which the policies have to see first
 */
export function suppressed<Options extends pulumi.ResourceOptions>(
  resource: string,
  suppression: Omit<Suppression, "resource">,
  options?: Options,
): Options {
  const marker = new PolicySuppression(`${resource}-${suppression.rule}`, { ...suppression, resource });
  return pulumi.mergeOptions(options ?? {}, { dependsOn: [marker] }) as Options;
}

/** The marker itself, for programs that write their options otherwise. */
export class PolicySuppression extends pulumi.ComponentResource {
  constructor(name: string, args: Suppression, options?: pulumi.ComponentResourceOptions) {
    super(suppressionType, name, args, options);
    this.registerOutputs({});
  }
}
