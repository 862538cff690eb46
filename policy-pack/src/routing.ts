import type { Policies, ResourceValidationArgs, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";

type AnyPolicy = ResourceValidationPolicy | StackValidationPolicy;

/**
 * A pack's policies, which the SDK walks once for each resource: decoding the resource anew for each policy, before the policy can
 * say that it speaks of other types. With more than a hundred policies that decoding is nearly all of a pack's time.
 *
 * This list is walked the same way, but from the second policy on it leaves out those that do not speak of the resource's type. It
 * knows the type from the first one, which the SDK has just called. Where that one is not called (the SDK asks what the pack holds, or
 * runs stack policies), the walk yields everything: nothing can get lost, only time.
 */
export class RoutedPolicies extends Array<AnyPolicy> {
  readonly #first: ResourceValidationPolicy;
  readonly #byType = new Map<string, readonly AnyPolicy[]>();
  readonly #appliesTo: (policy: AnyPolicy, type: string) => boolean;

  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /**
   * @param first the policy that sees every resource
   * @param rest all other policies
   * @param appliesTo whether a policy speaks of a type
   */
  constructor(
    first: ResourceValidationPolicy,
    rest: Policies,
    appliesTo: (policy: AnyPolicy, type: string) => boolean,
  ) {
    super();
    super.push(first, ...rest);
    this.#first = first;
    this.#appliesTo = appliesTo;
  }

  override *[Symbol.iterator](): ArrayIterator<AnyPolicy> {
    let type: string | undefined;
    yield watched(this.#first, (seen) => {
      type = seen;
    });
    yield* type === undefined ? this.slice(1) : this.#for(type);
  }

  #for(type: string): readonly AnyPolicy[] {
    const known = this.#byType.get(type);
    if (known !== undefined) {
      return known;
    }
    const policies = this.slice(1).filter((policy) => this.#appliesTo(policy, type));
    this.#byType.set(type, policies);
    return policies;
  }
}

/** The same policy, which says what type it was called with. */
function watched(policy: ResourceValidationPolicy, tell: (type: string) => void): ResourceValidationPolicy {
  const validations = [policy.validateResource ?? []].flat();
  return {
    ...policy,
    validateResource: async (args: ResourceValidationArgs, violation) => {
      tell(args.type);
      for (const validate of validations) {
        await validate(args, violation);
      }
    },
  };
}
