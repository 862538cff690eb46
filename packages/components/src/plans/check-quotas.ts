import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type CapacityPlan, judge, type QuotaNeed, QuotaVerdict } from "./capacity-plan.ts";

/** What `checkQuotas` asks, and whom. */
export interface QuotaCheckOptions {
  /**
   * Whether to read the account's own values and refuse when one is too small. Needs credentials with
   * `servicequotas:GetServiceQuota` and `servicequotas:ListServiceQuotas`. Default: false, which only warns of what a new
   * account does not have.
   */
  readApplied?: boolean;
  /** Region to ask. Default: the provider's. */
  region?: string;
  /** The provider to ask with. Default: the program's. */
  provider?: pulumi.ProviderResource;
}

/**
 * Compares a plan's needs with AWS' quotas. Await it before the first component, so that nothing exists when it refuses.
 *
 * Without `readApplied` it warns of every need above the default of a new account. With it, it reads the account's value
 * of each quota that could be too small and refuses when one is.
 *
 * @returns the needs that are above what they were compared with.
 * @throws pulumi.RunError naming each quota, what is needed, what the account has, and the command that asks for more.
 */
export async function checkQuotas(plan: CapacityPlan, options: QuotaCheckOptions = {}): Promise<QuotaNeed[]> {
  if (options.readApplied !== true) {
    if (plan.exceeding.length > 0) {
      await pulumi.log.warn(
        `a new account does not have these quotas; ask AWS for them before up:\n${plan.exceeding.map((need) => `  ${describe(need, need.quota.defaultValue)}`).join("\n")}`,
      );
    }
    return plan.exceeding;
  }
  const doubtful = plan.needs.filter(
    ({ quota, needed, verdict }) =>
      quota.quotaCode !== undefined &&
      needed !== undefined &&
      needed > 0 &&
      (verdict !== QuotaVerdict.Fits || !quota.verified),
  );
  const fixed = plan.exceeding.filter(({ quota }) => quota.quotaCode === undefined);
  const read = await Promise.all(doubtful.map((need) => appliedTo(need, options)));
  const lacking = read.filter(
    ({ need, value }) => judge({ defaultValue: value }, need.needed) === QuotaVerdict.Exceeds,
  );
  if (lacking.length + fixed.length > 0) {
    throw new pulumi.RunError(
      [
        "AWS would refuse this region at its maximum; nothing was created:",
        ...fixed.map((need) => `  ${describe(need, need.quota.defaultValue)} This limit is fixed: change the plan.`),
        ...lacking.map(({ need, value }) => `  ${describe(need, value)} Ask for it: ${requestCommand(need, options)}`),
      ].join("\n"),
    );
  }
  return [];
}

async function appliedTo(need: QuotaNeed, options: QuotaCheckOptions): Promise<{ need: QuotaNeed; value: number }> {
  const { value } = await aws.servicequotas.getServiceQuota(
    {
      serviceCode: need.quota.serviceCode ?? "",
      quotaCode: need.quota.quotaCode,
      ...(options.region === undefined ? {} : { region: options.region }),
    },
    options.provider === undefined ? {} : { provider: options.provider },
  );
  return { need, value };
}

function describe({ quota, needed, why }: QuotaNeed, has: number | undefined): string {
  return `${quota.name}${quota.quotaCode === undefined ? "" : ` (${quota.quotaCode})`}: needs ${needed}, has ${has} (${why}).`;
}

function requestCommand({ quota, needed }: QuotaNeed, options: QuotaCheckOptions): string {
  const region = options.region === undefined ? "" : ` --region ${options.region}`;
  return `aws service-quotas request-service-quota-increase${region} --service-code ${quota.serviceCode} --quota-code ${quota.quotaCode} --desired-value ${needed}`;
}
