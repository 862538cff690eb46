import type { Cloud } from "../../../cloud/cloud.ts";
import type { PropertyMap } from "../../../engine/values.ts";
import { interfaceOpen, membersAt } from "../../../schema/declarations.ts";
import { properties } from "../../../schema/resource-schema.ts";
import type { SdkPackage } from "../../../schema/sdk-package.ts";
import { awsPath } from "../../../schema/tokens.ts";
import { validateInputs, type Refusal } from "../../../schema/validate.ts";
import { text } from "../behaviour.ts";
import { accountFunctions } from "./account.ts";
import { catalogueFunctions } from "./catalogue.ts";
import { lookupFunctions } from "./lookups.ts";
import { policyDocumentFunctions } from "./policy-document.ts";

/** What a function can look at. */
export interface FunctionScene {
  readonly region: string;
  readonly cloud: Cloud;
  readonly config: PropertyMap;
  readonly args: PropertyMap;
}

/** A function's answer, without `id`; throws in AWS's words where it has none. */
export type AwsFunction = (scene: FunctionScene) => PropertyMap;

const functions: ReadonlyMap<string, AwsFunction> = new Map(
  Object.entries({ ...accountFunctions, ...catalogueFunctions, ...lookupFunctions, ...policyDocumentFunctions }),
);

/** Answers an Invoke of the aws provider, in the region of the call or of the provider. */
export function invokeAws(
  env: { sdk: SdkPackage; cloud: Cloud; config: PropertyMap },
  token: string,
  args: PropertyMap,
): { result?: PropertyMap; refusals?: Refusal[] } {
  const answer = functions.get(token);
  if (!answer) {
    const exists = env.sdk.text(`${awsPath(token)}.d.ts`) !== undefined;
    throw new Error(
      exists
        ? `The sandbox does not answer the function ${token}. It answers ${[...functions.keys()].join(", ")}.`
        : `Function "${token}" does not exist in @pulumi/aws ${env.sdk.version}.`,
    );
  }
  const refusals = checkArguments(env.sdk, token, args);
  if (refusals.length > 0) return { refusals };
  const region = text(args.region) ?? text(env.config.region) ?? "us-east-1";
  const result = answer({ region, cloud: env.cloud, config: env.config, args });
  return { result: { ...args, region, id: region, ...result } };
}

function checkArguments(sdk: SdkPackage, token: string, args: PropertyMap): Refusal[] {
  const name = token.slice(token.lastIndexOf(":") + 1);
  const declarations = sdk.text(`${awsPath(token)}.d.ts`) ?? "";
  const open = interfaceOpen(declarations, `${name.charAt(0).toUpperCase()}${name.slice(1)}Args`);
  return open < 0 ? [] : validateInputs(sdk, properties(membersAt(declarations, open)), args);
}
