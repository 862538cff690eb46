import type * as pulumi from "@pulumi/pulumi";
import type { NetworkArgs } from "../network/args.ts";
import type { NetworkPlacement } from "../network/placement.ts";
import type { Tags } from "../shared/tags.ts";
import type { Tenant } from "../tenants/tenant.ts";
import type { AttestationArgs } from "./attestation-args.ts";
import type {
  GpuPlacementGroup,
  GpuRequirements,
  GpuReservation,
  GpuSchedule,
  PredictiveScaling,
} from "./fleet-args.ts";

/** Arguments of `RegionalGpuCluster`. */
export interface RegionalGpuClusterArgs {
  /** Where the cluster stands. Exactly one of `network` and `newNetwork` is given. Default: none. */
  network?: NetworkPlacement;
  /** A network of the cluster's own, with subnets large enough for its fleets. Default: none. */
  newNetwork?: NetworkArgs;
  /** The registry: the load balancer admits the ranges of this region's tenants, the key lets them encrypt. */
  tenants: Tenant[];

  /**
   * Secret with the routers' and GPU hosts' certificate, as JSON `{certificate, privateKey, authority}` in PEM. The
   * certificate names `gpu.mrgc.internal`, and the tenants' DNS name when the router is where TLS ends.
   */
  certificateSecretArn: pulumi.Input<string>;
  /** Key of that secret. Default: AWS' own key for Secrets Manager, which needs no right. */
  certificateKeyArn?: pulumi.Input<string>;
  /**
   * ACM certificate. Given, TLS ends at the load balancer and is renewed by ACM, and a second TLS connection leads to the
   * router. Left out, the load balancer passes TCP through and the tenants' TLS ends in the router. Default: none.
   */
  listenerCertificateArn?: pulumi.Input<string>;
  /** Whether AWS refuses to delete the load balancer. Default: true. */
  deletionProtection?: boolean;
  /** Inbound rules that a security group may hold, where AWS has raised the quota. Default: 60. */
  rulesPerSecurityGroup?: number;

  /** Container image of the router. Default: `envoyproxy/envoy:distroless-v1.40.0`; an image in ECR closes the way to the internet. */
  routerImage?: string;
  /** CPU units of a router task; 1,024 are one vCPU. Default: 1024. */
  routerCpuUnits?: number;
  /** Memory of a router task, MiB. Default: 2048. */
  routerMemoryMib?: number;
  /** Router tasks per zone at most: 1 to 8, because a DNS answer of Route 53 holds eight addresses. At least one runs. Default: 4. */
  routerMaxTasksPerZone?: number;
  /** Requests per minute and router task that the routers are scaled to. Default: 3000. */
  routerRequestsPerMinute?: number;
  /** Seconds until a request that got no answer is given up. Default: 300; below the 350 s after which PrivateLink forgets a silent connection (correction E8). */
  requestTimeoutSeconds?: number;

  /** How the key knows its enclaves or hosts, and the enclave itself. */
  attestation: AttestationArgs;
  /**
   * Principals that administer the key: they change and delete it, and never use it. Default: the account's root, which
   * leaves it to IAM.
   */
  keyAdministratorArns?: pulumi.Input<string>[];
  /** Whether the key can have replicas in other regions. Cannot be changed later. Default: false. */
  multiRegionKey?: boolean;
  /** A multi-region key of another region: this region's key becomes its replica. Default: a key of its own. */
  primaryKeyArn?: pulumi.Input<string>;

  /** Container image of the model server, in ECR: GPU hosts have no way to the internet. */
  modelImage: string;
  /** NVIDIA's dcgm-exporter, mirrored to ECR (as `nvidia/dcgm-exporter` through a pull-through cache). */
  dcgmExporterImage: string;
  /** Port on which the model server speaks TLS. Default: 8443. */
  modelPort?: number;
  /** Path that answers 200 when the model is loaded. Default: `/health`. */
  modelHealthPath?: string;
  /** Port on which the model server gives plain Prometheus metrics on loopback. Default: 8000. */
  modelMetricsPort?: number;
  /** The gauge of requests being served, as the model server names it. Default: `vllm:num_requests_running`. */
  inFlightMetric?: string;

  /** Instance types, best first. Default: `g6e.2xlarge`, or what `gpuRequirements` finds. */
  instanceTypes?: string[];
  /** What a host must have. With `instanceTypes` it is checked; without, the cheapest types that have it are taken. Default: none. */
  gpuRequirements?: GpuRequirements;
  /** Hosts per zone that always run. Default: 1. */
  minPerZone?: number;
  /** On-demand hosts per zone at most. Default: 4. */
  onDemandMaxPerZone?: number;
  /** Spot hosts per zone at most, started when on-demand capacity is not to be had. Default: 0. */
  spotMaxPerZone?: number;
  /** Targeted capacity reservations, used before anything else and always filled, because they cost the same empty. Default: none. */
  reservations?: GpuReservation[];
  /** Placement groups, independent of reservations and of EFA. Default: none. */
  placementGroups?: GpuPlacementGroup[];
  /** Whether hosts get every EFA interface that the types share. Default: false. */
  efa?: boolean;
  /** Stopped, fully started-up hosts per zone that wait to be used: only their volumes cost. Default: 0. */
  warmPoolPerZone?: number;
  /** Average GPU use, percent, that the on-demand hosts are scaled to. Default: 70. */
  gpuTargetPercent?: number;
  /** Requests in flight per host that the on-demand hosts are scaled to. Default: 8. */
  requestsPerHost?: number;
  /** Changes of the fleet's size at fixed times. With them `minPerZone` only counts at the start. Default: none. */
  schedules?: GpuSchedule[];
  /** Scaling by forecast from two weeks of history. Default: `off`. */
  predictiveScaling?: PredictiveScaling;
  /** Seconds that a host gets to finish its requests before it ends. Default: 300. */
  drainSeconds?: number;
  /** Root volume, GiB. Default: 200. */
  rootVolumeGib?: number;
  /**
   * SSM parameter with the id of the AMI, read at each `up`: a newer image is seen in the preview, and replaces the hosts one
   * after the other. A parameter of one version pins it. Default: AWS' GPU AMI for ECS on Amazon Linux 2023; `nitrotpm` needs
   * one of your own.
   */
  amiSsmParameter?: string;

  /**
   * Share of requests that routers trace to X-Ray, percent: a span a request with its path, status and times, and its
   * `traceparent` for the model server. Needs `xray` among the network's interface endpoints (22 USD a month in three zones)
   * and X-Ray's Transaction Search in the account (`Observability`'s `traces`). 1 of 9,000 requests a minute are 6 GB of spans
   * a month at 0.35 USD a GB (CloudWatch price list). Default: 0, nothing.
   */
  traceSamplingPercent?: number;
  /** Group that may scrape Prometheus metrics of routers (9902) and hosts (9400). Default: nobody. */
  prometheusSecurityGroupId?: pulumi.Input<string>;
  /** SNS topics that are told when GPUs fail too often. Default: none. */
  alarmTopicArns?: pulumi.Input<string>[];
  /** GPU faults in an hour, over the fleet, that raise the alarm. Default: 3. */
  gpuFaultsPerHour?: number;
  /** Days that logs are kept. Default: 365. */
  logRetentionDays?: number;
  /** Whether `destroy` deletes the load balancer's logs with their bucket. Default: false. */
  deleteAccessLogsOnDestroy?: boolean;
  /** Tags of every resource. Default: none beside `Project`, `Environment`, `Component` and `ManagedBy`. */
  tags?: Tags;
}
