import * as v from "valibot";
import { globalWatch, pagerUrl, regionWatch, secretSettings } from "./watch-settings.ts";

const count = (least: number, most: number) => {
  const message = `a whole number from ${least} to ${most} is allowed`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(least, message), v.maxValue(most, message));
};
const text = (pattern: RegExp, allowed: string) => v.pipe(v.string(allowed), v.regex(pattern, allowed));

const region = text(/^[a-z]{2}(-[a-z]+)+-\d$/, "an AWS region such as us-east-1 is allowed");
const zoneId = text(/^[a-z]{3,4}\d-az\d$/, "an Availability Zone ID such as use1-az1 is allowed, not a zone name");
const cidrBlock = text(/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/, "an IPv4 range such as 10.66.0.0/18 is allowed");
const instanceType = text(/^[a-z0-9-]+\.[a-z0-9-]+$/, "an EC2 instance type such as g6e.2xlarge is allowed");
const domainName = text(/^([a-z0-9-]+\.)+[a-z]{2,}$/, "a domain name such as inference.example.com is allowed");

const image = text(
  /^[\w.-]+(:\d+)?\/[\w./-]+(:[\w.-]+|@sha256:[0-9a-f]{64})$/,
  "a container image with its registry and tag or digest is allowed",
);
const arn = (service: string) => text(new RegExp(`^arn:aws[a-z-]*:${service}:`), `an ARN of ${service} is allowed`);
const measurement = v.record(
  text(/^PCR\d+$/, "a register such as PCR0 is allowed"),
  text(/^[0-9a-f]{96}$/, "96 hexadecimal digits are allowed"),
);

const publicZoneId = v.optional(
  text(/^Z[A-Z0-9]{4,31}$/, "the id of a public Route 53 hosted zone such as Z0123456789ABCDEFGHIJ is allowed"),
);

const tenant = v.strictObject({
  name: text(/^[a-z][a-z0-9-]{0,23}$/, "lower-case letters, digits and hyphens, at most 24, are allowed"),
  accountId: text(/^\d{12}$/, "an AWS account of 12 digits in quotes is allowed"),
  cidrBlocks: v.array(cidrBlock, "a list of IPv4 ranges is allowed"),
  regions: v.array(region, "a list of AWS regions is allowed"),
  contact: text(/^[^@\s]+@[^@\s]+$/, "an e-mail address is allowed"),
  endpointQuota: v.optional(count(1, 50)),
  endpointRegions: v.optional(v.array(region, "a list of AWS regions is allowed")),
  zoneIds: v.optional(v.array(zoneId, "a list of Availability Zone IDs is allowed")),
  privateDns: v.optional(v.boolean("true or false is allowed")),
  principals: v.optional(v.array(text(/^arn:aws[a-z-]*:iam::\d{12}:/, "the ARN of an IAM principal is allowed"))),
});

const regionSchema = v.strictObject({
  role: v.literal("region"),
  region,
  environment: text(/^[a-z][a-z0-9-]*$/, "a lower-case name such as production is allowed"),
  network: v.strictObject({
    cidrBlock,
    zoneIds: v.pipe(
      v.array(zoneId, "a list of Availability Zone IDs is allowed"),
      v.minLength(2, "at least two Availability Zone IDs are allowed"),
    ),
  }),
  gpu: v.strictObject({
    instanceTypes: v.pipe(
      v.array(instanceType, "a list of instance types is allowed"),
      v.minLength(1, "at least one instance type is needed"),
    ),
    minPerZone: count(1, 500),
    maxPerZone: count(1, 500),
    modelImage: image,
    dcgmExporterImage: image,
    certificateSecretArn: arn("secretsmanager"),
    enclaveImageUri: text(/^s3:\/\/[^/]+\/.+$/, "an S3 address such as s3://bucket/image.eif is allowed"),
    measurements: v.strictObject({ current: measurement, next: v.optional(measurement) }),
  }),
  hotTier: v.strictObject({
    shards: count(1, 700),
    maxShards: count(1, 700),
    replicasPerShard: count(1, 4),
    instanceType,
    /** Archive with `bin/redis_exporter` and `bin/node_exporter`, which nodes run for the collector. Default: none. */
    exporterArtifact: v.optional(
      v.strictObject({
        bucket: text(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "the name of a bucket is allowed"),
        key: text(/^[\w./-]+$/, "the key of an object is allowed"),
        sha256: text(/^[0-9a-f]{64}$/, "64 hexadecimal digits are allowed"),
      }),
    ),
  }),
  proxies: v.strictObject({
    instanceType,
    minNodes: count(1, 1350),
    desiredNodes: count(1, 1350),
    maxNodes: count(1, 1350),
    certificateArn: arn("acm"),
    certificateSecretArn: arn("secretsmanager"),
  }),
  /** Regions where copies are kept for the loss of this one. Default: none. */
  recovery: v.optional(
    v.strictObject({
      /** Of the metadata's backups. */
      metadataRegion: v.optional(region),
      /** Of the hot tier's snapshots: each stays for 35 days there. */
      snapshotRegion: v.optional(region),
    }),
  ),
  /** Whether the account's quotas are read, and a region that they are too small for is refused. Default: it is only warned of. */
  enforceQuotas: v.optional(v.boolean("true or false is allowed")),
  serviceDomain: domainName,
  publicZoneId,
  supportedRegions: v.optional(v.array(region, "a list of AWS regions is allowed")),
  tenants: v.array(tenant, "a list of tenants is allowed"),
  pagerUrl,
  watch: regionWatch,
});

const globalSchema = v.strictObject({
  role: v.literal("global"),
  environment: text(/^[a-z][a-z0-9-]*$/, "a lower-case name such as production is allowed"),
  regions: v.pipe(v.array(region, "a list of AWS regions is allowed"), v.minLength(1, "at least one region is needed")),
  serviceDomain: domainName,
  publicZoneId,
  pagerUrl,
  watch: globalWatch,
});

const schema = v.variant("role", [regionSchema, globalSchema], 'role must be "region" or "global"');

/** What a regional stack is configured to be. */
export type RegionSettings = v.InferOutput<typeof regionSchema>;
/** What the global stack is configured to be. */
export type GlobalSettings = v.InferOutput<typeof globalSchema>;

/** A stack's configuration cannot be used; the message names every key, its value and what is allowed. */
export class SettingsError extends Error {}

/**
 * Checks a stack's configuration, read as plain data.
 *
 * @param stack the stack's name, for the message's commands
 * @param raw values by key, without the `mrgc:` namespace
 * @throws SettingsError naming each wrong key, its value, what is allowed and the command that mends it
 */
export function parseSettings(stack: string, raw: Record<string, unknown>): RegionSettings | GlobalSettings {
  const result = v.safeParse(schema, raw);
  if (result.success) {
    return result.output;
  }
  throw new SettingsError(
    [
      `The configuration of stack ${stack} cannot be used:`,
      ...result.issues.map((issue) => describe(stack, issue)),
    ].join("\n"),
  );
}

/**
 * Refuses a secret that stands in the stack's file for everybody to read.
 *
 * @param isEncrypted whether the file has a setting encrypted
 * @throws SettingsError with the command that encrypts it; the value is not shown
 */
export function refusePlainSecrets(
  stack: string,
  raw: Record<string, unknown>,
  isEncrypted: (key: string) => boolean,
): void {
  const plain = Object.keys(raw).filter((key) => secretSettings.has(key) && !isEncrypted(key));
  if (plain.length > 0) {
    throw new SettingsError(
      [
        `The configuration of stack ${stack} shows what has to be secret:`,
        ...plain.map(
          (key) =>
            `  mrgc:${key} is in plain text; it holds a key. Make a new key, and encrypt it: pulumi config set --stack ${stack} --secret mrgc:${key}`,
        ),
      ].join("\n"),
    );
  }
}

function describe(stack: string, issue: v.BaseIssue<unknown>): string {
  const key = `mrgc:${v.getDotPath(issue) ?? "role"}`;
  if (issue.type === "strict_object" && issue.expected === "never") {
    return `  ${key} is not a setting. Remove it: pulumi config rm --stack ${stack} --path '${key}'`;
  }
  const secret = secretSettings.has(v.getDotPath(issue) ?? "");
  const shown = secret ? "[secret]" : JSON.stringify(issue.input);
  const value = issue.input === undefined ? "not set" : shown;
  const options = secret ? " --secret" : "";
  return `  ${key} is ${value}; ${allowed(issue)}. Set it: pulumi config set --stack ${stack}${options} --path '${key}' <value>`;
}

function allowed(issue: v.BaseIssue<unknown>): string {
  if (issue.type === "strict_object") {
    return "it is needed";
  }
  return issue.message.startsWith("Invalid") ? `${issue.expected ?? "another value"} is allowed` : issue.message;
}
