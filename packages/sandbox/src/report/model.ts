/** What a report says of one deployment: plain data, free of secrets, independent of where it was read. */

/** What a run would do with a resource. */
export const Change = {
  Create: "create",
  Update: "update",
  Replace: "replace",
  Delete: "delete",
  /** There and left as it is. */
  Same: "same",
} as const;
export type Change = (typeof Change)[keyof typeof Change];

/** How far a subnet reaches, as its own routes say. */
export const Reach = {
  /** A default route to an internet gateway: what has a public address there can be reached from outside. */
  Public: "public",
  /** A default route through a NAT gateway: out, never in. */
  Outbound: "outbound",
  /** A default route to something else, such as a transit gateway: what happens there is not in this deployment. */
  Elsewhere: "elsewhere",
  /** No default route. */
  Isolated: "isolated",
  /** No route table of this deployment is associated with it. */
  Unknown: "unknown",
} as const;
export type Reach = (typeof Reach)[keyof typeof Reach];

/** A property that makes a change. */
export interface PropertyChange {
  property: string;
  /** Whether it can only change with a replacement. */
  replaces: boolean;
  /** What it was and will be, where both are known and neither can be a secret. */
  values?: { before: string; after: string };
}

export interface ResourceRow {
  urn: string;
  type: string;
  name: string;
  /** Name of the outermost component around it; empty for what stands alone. */
  component: string;
  change: Change;
  /** Properties that make the change, those that force a replacement first. */
  reasons: PropertyChange[];
}

export interface ComponentSummary {
  name: string;
  type: string;
  resources: number;
  changes: Record<Change, number>;
}

export interface SubnetModel {
  name: string;
  /** Such as `private` or `data`. */
  tier: string;
  cidrBlock: string;
  reach: Reach;
  /** Workloads that run in it. */
  workloads: string[];
  natGateways: number;
}

export interface ZoneModel {
  /** Zone ID (`use1-az1`) where known, else the zone's name. */
  id: string;
  subnets: SubnetModel[];
}

export interface NetworkModel {
  name: string;
  region: string;
  cidrBlocks: string[];
  internetGateway: boolean;
  zones: ZoneModel[];
  interfaceEndpoints: string[];
  gatewayEndpoints: string[];
}

/** Something that takes or makes connections. */
export interface Workload {
  key: string;
  label: string;
  component: string;
  /** How many and of what, such as `48 x r6i.4xlarge`. */
  detail: string;
  /** Whether it can be reached from the internet. */
  public: boolean;
  /** Stands for something outside the deployment. */
  outside: boolean;
}

export interface TrafficPath {
  from: string;
  to: string;
  /** Such as `TCP 443`. */
  ports: string[];
}

export interface AddressRow {
  zone: string;
  tier: string;
  cidrBlock: string;
  holds: number;
  needs?: number;
  neededFor?: string;
  reach: Reach;
}

export interface CostLineModel {
  component: string;
  driver: string;
  usdPerMonth?: number;
  /** Where the price comes from, or why there is none. */
  note: string;
}

export interface CostModel {
  knownUsdPerMonth: number;
  maximumUsdPerMonth: number;
  lines: CostLineModel[];
  unknown: string[];
  notCounted: string[];
}

export interface QuotaRow {
  name: string;
  code: string;
  needed?: number;
  defaultValue?: number;
  verdict: string;
  why: string;
}

export interface FindingRow {
  level: string;
  policy: string;
  resource: string;
  message: string;
}

/** A part of the report that could not be said, and why. */
export interface Unsaid {
  reason: string;
}

export interface DeploymentModel {
  project: string;
  stack: string;
  /** In words: where the data comes from. */
  source: string;
  /** Whether the source says what will change. */
  hasChanges: boolean;
  regions: string[];
  resources: ResourceRow[];
  components: ComponentSummary[];
  networks: NetworkModel[];
  workloads: Workload[];
  paths: TrafficPath[];
  addresses: AddressRow[];
  freeRanges: string[];
  cost: CostModel | Unsaid;
  quotas: QuotaRow[] | Unsaid;
  findings: FindingRow[] | Unsaid;
  /** Warnings and errors of the run, and what the source leaves out. */
  notes: string[];
}

export const isUnsaid = (value: object): value is Unsaid => "reason" in value;
