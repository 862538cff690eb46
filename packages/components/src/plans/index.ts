export {
  type DisasterRecoveryPlan,
  Failure,
  type FrontDoorRecoveryArgs,
  type KeptCopy,
  type RecoveryObjective,
  type RegionRecoveryArgs,
} from "../disaster-recovery/args.ts";
export { frontDoorRecoveryPlan } from "../disaster-recovery/front-door-recovery-plan.ts";
export type { GivenTimeName, OwnTimes } from "../disaster-recovery/given-times.ts";
export { disasterRecoveryPlan } from "../disaster-recovery/recovery-plan.ts";
export { renderRecovery, renderRecoveryPage } from "../disaster-recovery/render.ts";
export { type TimeEstimate, TimeOrigin, type TimeTerm } from "../disaster-recovery/times.ts";
export type { AddressNeed, FleetMaxima } from "../network/address-needs.ts";
export { defaultInterfaceEndpoints } from "../network/endpoint-services.ts";
export {
  type AddressPlan,
  type AddressPlanArgs,
  type ConnectedRange,
  planAddresses,
  type Replacement,
} from "../network/address-plan.ts";
export { type PlannedSubnet, type SubnetBlock, SubnetTier } from "../network/subnets.ts";
export { describeProblem, PlanRefusedError, type Problem } from "../shared/refusal.ts";
export { type CapacityPlan, type QuotaNeed, QuotaVerdict } from "./capacity-plan.ts";
export type { CostLine } from "./cost-book.ts";
export { BudgetVerdict, type CostPlan, CostSize } from "./cost-plan.ts";
export { parsePriceList } from "./price-file.ts";
export {
  assumePricesOf,
  type Discount,
  knownPrices,
  type Price,
  type PriceList,
  priceOf,
  withPrices,
} from "./price-list.ts";
export { Commitment, gravitonOf, type PurchaseOptions } from "./purchase.ts";
export type { Quota } from "./quotas.ts";
export * from "./region-plan-args.ts";
export { fleetMaxima } from "./fleet-sizes.ts";
export { type RegionPlan, regionPlan } from "./region-plan.ts";
export { renderPlan } from "./render.ts";
