/** A condition of an IAM statement: operator, then condition key, then the values it admits. */
export type Conditions<Value> = Record<string, Record<string, Value | Value[]>>;

/** One statement of an IAM policy. `Value` is `string` in a plan and `pulumi.Input<string>` where ARNs are outputs. */
export interface Statement<Value = string> {
  /** What the statement is for; IAM allows letters and digits only. */
  sid: string;
  /** `Allow` unless said. */
  effect?: "Allow" | "Deny";
  actions: string[];
  /** ARNs; left out in trust and resource policies that speak of the resource itself. */
  resources?: Value[];
  /** Principals by kind (`AWS`, `Service`, `Federated`), or `*`; only in trust and resource policies. */
  principals?: Record<string, Value | Value[]> | "*";
  conditions?: Conditions<Value>;
}

/** An IAM policy document as IAM takes it, with its values still to be resolved where `Value` is an Output. */
export function policyDocument<Value = string>(statements: Statement<Value>[]): Record<string, unknown> {
  return {
    Version: "2012-10-17",
    Statement: statements.map((statement) => ({
      Sid: statement.sid,
      Effect: statement.effect ?? "Allow",
      ...(statement.principals === undefined ? {} : { Principal: statement.principals }),
      Action: statement.actions,
      ...(statement.resources === undefined ? {} : { Resource: statement.resources }),
      ...(statement.conditions === undefined ? {} : { Condition: statement.conditions }),
    })),
  };
}
