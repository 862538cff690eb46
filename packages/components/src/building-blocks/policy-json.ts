import * as pulumi from "@pulumi/pulumi";
import { policyDocument, type Statement } from "../shared/iam-policy.ts";

/** Renders IAM statements whose ARNs are outputs into the JSON that IAM takes. */
export function policyJson(statements: Statement<pulumi.Input<string>>[]): pulumi.Output<string> {
  return pulumi.jsonStringify(policyDocument(statements));
}
