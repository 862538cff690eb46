import { describe, expect, it } from "vitest";
import { evaluate, type IamRequest, type PolicyDocument } from "./iam-evaluator.ts";

const role = "arn:aws:iam::111122223333:role/app";
const request = (rest: Partial<IamRequest> = {}): IamRequest => ({
  principal: role,
  action: "s3:GetObject",
  resource: "arn:aws:s3:::logs/2026/a.gz",
  ...rest,
});
const policy = (...Statement: object[]): PolicyDocument => ({ Version: "2012-10-17", Statement });
const allowAll = { Effect: "Allow", Action: "*", Resource: "*" };
const under = (Condition: object) => policy({ ...allowAll, Condition });

describe("evaluate", () => {
  it("denies what nobody allows", () => {
    expect(evaluate([policy({ ...allowAll, Action: "s3:PutObject" })], request())).toBe("denied by default");
    expect(evaluate([policy(allowAll)], request())).toBe("allowed");
  });

  it("lets an explicit deny win, whichever policy has it", () => {
    const deny = policy({ Effect: "Deny", Action: "s3:Get*", Resource: "*" });
    expect(evaluate([policy(allowAll), deny], request())).toBe("denied explicitly");
    expect(evaluate([policy(allowAll), deny], request({ action: "s3:PutObject" }))).toBe("allowed");
  });

  it("matches actions without regard to case and resources with it", () => {
    const one = policy({ Effect: "Allow", Action: "S3:getobject", Resource: "arn:aws:s3:::logs/*" });
    expect(evaluate([one], request())).toBe("allowed");
    expect(evaluate([one], request({ resource: "arn:aws:s3:::LOGS/a" }))).toBe("denied by default");
    expect(evaluate([one], request({ resource: "arn:aws:s3:::logs" }))).toBe("denied by default");
  });

  it("takes NotAction, NotResource and NotPrincipal for everything else", () => {
    const notAction = policy({ Effect: "Allow", NotAction: "iam:*", Resource: "*" });
    expect(evaluate([notAction], request())).toBe("allowed");
    expect(evaluate([notAction], request({ action: "iam:PassRole" }))).toBe("denied by default");
    const notResource = policy({ Effect: "Allow", Action: "*", NotResource: "arn:aws:s3:::logs/*" });
    expect(evaluate([notResource], request())).toBe("denied by default");
    const notPrincipal = policy(allowAll, { Effect: "Deny", NotPrincipal: { AWS: role }, Action: "*", Resource: "*" });
    expect(evaluate([notPrincipal], request())).toBe("allowed");
    expect(evaluate([notPrincipal], request({ principal: "arn:aws:iam::111122223333:role/other" }))).toBe(
      "denied explicitly",
    );
  });

  it.each([
    ["arn:aws:iam::111122223333:root", "allowed"],
    ["111122223333", "allowed"],
    [role, "allowed"],
    ["*", "allowed"],
    ["arn:aws:iam::999999999999:root", "denied by default"],
    ["arn:aws:iam::111122223333:role/*", "denied by default"],
  ])("takes the principal %s as IAM does", (AWS, verdict) => {
    expect(evaluate([policy({ ...allowAll, Principal: { AWS } })], request())).toBe(verdict);
  });

  it.each([
    [{ StringEquals: { "aws:SourceVpce": "vpce-1" } }, "allowed"],
    [{ StringEquals: { "AWS:sourcevpce": ["vpce-9", "vpce-1"] } }, "allowed"],
    [{ StringEquals: { "aws:SourceVpce": "VPCE-1" } }, "denied by default"],
    [{ StringEqualsIgnoreCase: { "aws:SourceVpce": "VPCE-1" } }, "allowed"],
    [{ StringNotEquals: { "aws:SourceVpce": "vpce-1" } }, "denied by default"],
    [{ StringNotEquals: { "aws:SourceVpce": ["vpce-1", "vpce-2"] } }, "denied by default"],
    [{ StringNotEquals: { "aws:Absent": "x" } }, "allowed"],
    [{ StringEquals: { "aws:Absent": "x" } }, "denied by default"],
    [{ StringEqualsIfExists: { "aws:Absent": "x" } }, "allowed"],
    [{ StringLike: { "aws:SourceVpce": "vpce-?" } }, "allowed"],
    [{ Null: { "aws:Absent": "true" } }, "allowed"],
    [{ Null: { "aws:SourceVpce": "true" } }, "denied by default"],
    [{ Bool: { "aws:SecureTransport": "TRUE" } }, "allowed"],
    [{ ArnLike: { "aws:SourceArn": "arn:aws:logs:*:111122223333:*" } }, "allowed"],
    [{ ArnLike: { "aws:SourceArn": "arn:aws:*:log-group:x" } }, "denied by default"],
    [{ ArnNotLike: { "aws:SourceArn": "arn:aws:logs:us-east-1:111122223333:log-group:x" } }, "denied by default"],
    [{ NumericLessThan: { "s3:max-keys": "11" } }, "allowed"],
    [{ NumericGreaterThanEquals: { "s3:max-keys": "11" } }, "denied by default"],
    [{ IpAddress: { "aws:SourceIp": "10.34.0.0/16" } }, "allowed"],
    [{ NotIpAddress: { "aws:SourceIp": "10.34.0.0/16" } }, "denied by default"],
    [{ "ForAnyValue:StringEquals": { "aws:TagKeys": ["Owner"] } }, "allowed"],
    [{ "ForAllValues:StringEquals": { "aws:TagKeys": ["Owner"] } }, "denied by default"],
    [{ "ForAllValues:StringEquals": { "aws:Absent": ["Owner"] } }, "allowed"],
    [{ "ForAnyValue:StringEquals": { "aws:Absent": ["Owner"] } }, "denied by default"],
    [{ "ForAnyValue:StringNotEquals": { "aws:Absent": ["Owner"] } }, "denied by default"],
    [{ StringEquals: { "aws:SourceVpce": "vpce-1" }, Bool: { "aws:SecureTransport": "false" } }, "denied by default"],
  ])("decides %j: %s", (condition, verdict) => {
    const context = {
      "aws:SourceVpce": "vpce-1",
      "aws:SecureTransport": "true",
      "aws:SourceArn": "arn:aws:logs:us-east-1:111122223333:log-group:x",
      "s3:max-keys": "10",
      "aws:SourceIp": "10.34.10.50",
      "aws:TagKeys": ["Owner", "Name"],
    };
    expect(evaluate([under(condition)], request({ context }))).toBe(verdict);
  });

  it("puts values in place of policy variables, and nothing in place of absent ones", () => {
    const own = policy({ Effect: "Allow", Action: "*", Resource: "arn:aws:s3:::data/${aws:PrincipalTag/tenant}/*" });
    const resource = "arn:aws:s3:::data/acme/x";
    expect(evaluate([own], request({ resource, context: { "aws:PrincipalTag/tenant": "acme" } }))).toBe("allowed");
    expect(evaluate([own], request({ resource, context: { "aws:PrincipalTag/tenant": "other" } }))).toBe(
      "denied by default",
    );
    expect(evaluate([own], request({ resource: "arn:aws:s3:::data//x" }))).toBe("denied by default");
  });

  it("reads policies as JSON too and refuses operators that it does not know", () => {
    expect(evaluate([JSON.stringify(policy(allowAll))], request())).toBe("allowed");
    expect(() =>
      evaluate([under({ DateLessThan: { "aws:CurrentTime": "x" } })], request({ context: { "aws:CurrentTime": "y" } })),
    ).toThrow("DateLessThan");
  });
});
