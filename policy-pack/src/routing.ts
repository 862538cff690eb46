import type {
  Policies,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";

export type AnyPolicy = ResourceValidationPolicy | StackValidationPolicy;

/** The policy that the SDK calls before all others, for each resource and for the stack. */
export type FirstPolicy = ResourceValidationPolicy & StackValidationPolicy;

/** Which of the other policies have something to do. */
export interface Routes {
  /** The policies to run for a resource of a type. */
  forResource(type: string): Iterable<AnyPolicy>;
  /** The policies to run for a stack, asked for one after the other. */
  forStack(args: StackValidationArgs): Iterable<AnyPolicy>;
}

/**
 * A pack's policies, which the SDK walks for each resource and for the stack, decoding everything anew for each policy before the policy
 * can say that it has nothing to do. With more than a hundred policies that decoding is nearly all of a pack's time.
 *
 * This list is walked the same way, but behind the first policy it leaves out those that have nothing to do. It knows what is being
 * judged from the first one, which the SDK has just called. Where that one is not called (the SDK asks what the pack holds, or remediates), the walk
 * yields everything: nothing can get lost, only time.
 */
export class RoutedPolicies extends Array<AnyPolicy> {
  readonly #first: FirstPolicy;
  readonly #routes: Routes;

  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  constructor(first: FirstPolicy, rest: Policies, routes: Routes) {
    super();
    super.push(first, ...rest);
    this.#first = first;
    this.#routes = routes;
  }

  override *[Symbol.iterator](): ArrayIterator<AnyPolicy> {
    const seen: { type?: string; stack?: StackValidationArgs } = {};
    yield watched(this.#first, seen);
    if (seen.type !== undefined) {
      yield* this.#routes.forResource(seen.type);
    } else if (seen.stack !== undefined) {
      yield* this.#routes.forStack(seen.stack);
    } else {
      yield* this.slice(1);
    }
  }
}

/** The same policy, which notes what it was called with. */
function watched(policy: FirstPolicy, seen: { type?: string; stack?: StackValidationArgs }): FirstPolicy {
  const validations = [policy.validateResource ?? []].flat();
  return {
    ...policy,
    validateResource: async (args: ResourceValidationArgs, violation) => {
      seen.type = args.type;
      for (const validate of validations) {
        await validate(args, violation);
      }
    },
    validateStack: (args, violation) => {
      seen.stack = args;
      return policy.validateStack(args, violation);
    },
  };
}
