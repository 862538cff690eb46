import type * as pulumi from "@pulumi/pulumi";
import type { NetworkPlacement } from "../network/placement.ts";
import type { Tags } from "../shared/tags.ts";

/** How the database survives the loss of its zone. */
export const Availability = {
  /** A standby that nobody reads, in another zone: failover in 60 to 120 s (correction E37). */
  Instance: "instance",
  /** Two readable standbys in two other zones: failover typically below 35 s; needs a class with local disks, such as `db.r6gd.xlarge`. */
  Cluster: "cluster",
} as const;
export type Availability = (typeof Availability)[keyof typeof Availability];

/** Arguments of `MetadataPostgres`. Only `network` has to be said. */
export interface MetadataPostgresArgs {
  /** The region's VPC; the database lies in the data subnets. */
  network: NetworkPlacement;
  /** Major version of PostgreSQL: `17` or `18`, supported to 2030-02 and 2031-02 (correction E37). Default: `18`. */
  majorVersion?: string;
  /** How the loss of a zone is survived. Default: `instance`. */
  availability?: Availability;
  /** RDS class. Default: `db.r6i.xlarge` (4 vCPU, 32 GiB), or `db.r6gd.xlarge` for a cluster. */
  instanceClass?: string;
  /** gp3 storage, GiB. Default: 500. */
  storageGib?: number;
  /** Most that storage grows to by itself, GiB. Default: twice `storageGib`. Left out for a cluster, which does not grow by itself. */
  maxStorageGib?: number;
  /**
   * IOPS. From 400 GiB on gp3 starts at 12,000 and RDS rejects less, so the 3,000 of the source documents cannot be had
   * (correction E37). Default: 12000 from 400 GiB on, 3000 below.
   */
  iops?: number;
  /** Storage throughput, MB/s: at most a quarter of the IOPS. Default: 500 from 400 GiB on, 125 below. */
  throughputMBps?: number;
  /** Read replicas in the region, beside the standby. Default: 1; 0 for a cluster, whose standbys are readable. */
  readReplicas?: number;
  /** Where a copy is kept for the loss of the region. Default: none. */
  disasterRecovery?: DisasterRecoveryArgs;
  /** Days that backups reach back, 1 to 35; any second of them can be restored. Default: 35. */
  backupRetentionDays?: number;
  /** Database that is made. Default: `metadata`. */
  databaseName?: string;
  /** Roles that applications log in as, by IAM authentication and without a password. Default: `[{"name": "proxy"}]`, which reads and writes. */
  roles?: DatabaseRoleArgs[];
  /** Security groups that may connect, by a name that never changes. Default: none. */
  clientSecurityGroupIds?: Record<string, pulumi.Input<string>>;
  /**
   * Whether a new version or class is tried on a copy and switched to (blue/green), so that the change costs seconds. Not with
   * replicas, which RDS does not copy, and not for a cluster. Default: false.
   */
  blueGreenUpdates?: boolean;
  /** Whether a change waits for the maintenance window. Default: true. */
  waitForMaintenanceWindow?: boolean;
  /** SNS topics that alarms notify. Default: none. */
  alarmTopicArns?: pulumi.Input<string>[];
  /** Days that logs are kept. Default: 365. */
  logRetentionDays?: number;
  /**
   * Whether RDS refuses to delete the database and its replicas, also when `readReplicas` is lowered. Turned off, `destroy`
   * takes no last snapshot; the automated backups stay for their days. Default: true.
   */
  deletionProtection?: boolean;
  /** Tags of every resource. Default: none beside `Project`, `Environment`, `Component` and `ManagedBy`. */
  tags?: Tags;
}

/** A copy in another region. */
export interface DisasterRecoveryArgs {
  /** Region of the copy, such as `us-east-1`. */
  region: string;
  /**
   * Data subnets there, in at least two zones, for a running replica (promoted in minutes). Left out, only the backups
   * are copied there, which costs their storage and restores to the last five minutes. Default: none.
   */
  subnetIds?: pulumi.Input<pulumi.Input<string>[]>;
  /** VPC of these subnets. Default: none; given with `subnetIds`. */
  vpcId?: pulumi.Input<string>;
}

/** A role that applications log in as. */
export interface DatabaseRoleArgs {
  /** Lower-case letters, digits and underscores. */
  name: string;
  /** Whether it may write. Default: true. */
  writes?: boolean;
}
