import { refuseAll } from "../shared/refusal.ts";
import { TimeOrigin, type TimeTerm } from "./times.ts";

interface GivenTime {
  seconds: number;
  origin: TimeOrigin;
  source: string;
}

const published = (seconds: number, source: string): GivenTime => ({ seconds, origin: TimeOrigin.Published, source });
const measured = (seconds: number, source: string): GivenTime => ({ seconds, origin: TimeOrigin.Measured, source });
const assumed = (seconds: number, source: string): GivenTime => ({ seconds, origin: TimeOrigin.Assumed, source });

/** What no configuration decides, with who says so. Any of them can be replaced by one's own measurement. */
const known = {
  /** An election of the cluster's own, after the node timeout. */
  election: measured(1.8, "48 nodes of Valkey 9.1 on loopback: writes again 4.8 s after the loss, at a timeout of 3 s"),
  /** From the controller's order until a shard takes writes. */
  orderedFailover: measured(3.3, "takeover on loopback: 2.1 to 3.3 s after the order"),
  /** From an Auto Scaling group's decision until a machine has booted and joined. */
  launch: assumed(300, "launch hook to joined member"),
  /** From a page until the first command of a person. */
  response: assumed(300, "the person on call"),
  /** A request that hangs, until the client gives up. */
  clientTimeout: assumed(5, "a client's request time-out"),
  /** Lifetime of an endpoint's answer in resolvers. */
  dnsTtl: published(60, "Route 53: an alias to an AWS name has its target's TTL, 60 s"),
  /** Until an endpoint's name stops answering with a failed zone. */
  zoneLeavesName: assumed(30, "AWS publishes no number"),
  /** Until a zone is back in the name. */
  zoneJoinsName: assumed(60, "AWS publishes no number"),
  /** From a probe's log line to the health check's state. */
  probeToName: assumed(15, "log, metric, alarm and health check; AWS publishes no number"),
  /** From a load balancer's health to where the accelerator sends. */
  accelerator: published(30, "Global Accelerator: up to 30 s after the endpoint is unhealthy"),
  /** Until an enabled key works everywhere. */
  keyEnabled: published(300, "KMS: mostly seconds, in some cases several minutes"),
  /** Failover to a standby instance. */
  standbyFailover: published(120, "RDS: 60 to 120 s"),
  /** Failover to a readable standby of a Multi-AZ cluster. */
  clusterFailover: published(35, "RDS: typically under 35 s"),
  /** Until a transaction is in the log that lies in S3. */
  databaseLog: published(300, "RDS: every five minutes"),
  /** Until a log is in the other region, its upload included. */
  databaseLogCopied: published(1800, "AWS prescriptive guidance: 5 to 30 minutes"),
  /** Until a database made from a snapshot answers. */
  databaseCreate: assumed(1800, "AWS says up to a few hours for a whole restore"),
  /** Replaying at most one day of log. */
  databaseReplay: assumed(3600, "AWS says up to a few hours for a whole restore"),
  /** Promoting a running replica. */
  databasePromote: assumed(600, "AWS says minutes"),
  /** Until a new object is in the other region's bucket. */
  objectCopied: assumed(
    900,
    "S3 replicates most objects in 15 minutes; only its time control, which is not on, promises it",
  ),
  /** `pulumi up` of the global stack: an accelerator is deployed in minutes. */
  frontDoorUp: assumed(600, "deployment of an accelerator"),
  /** `pulumi up` of a NAT gateway. */
  gatewayUp: assumed(300, "creation of a NAT gateway and its route"),
} satisfies Record<string, GivenTime>;

/** Name of a duration that no configuration decides. */
export type GivenTimeName = keyof typeof known;

/** Durations in place of the known ones, seconds: what you measured yourself. */
export type OwnTimes = Partial<Record<GivenTimeName, number>>;

/** Looks a duration up, and tells what passes in it. */
export type GivenTimes = (name: GivenTimeName, what: string) => TimeTerm;

/**
 * The durations that no configuration decides.
 *
 * @throws PlanRefusedError for one that is not known or not a number of seconds from 0
 */
export function givenTimes(own: OwnTimes = {}): GivenTimes {
  refuseAll(
    Object.entries(own).flatMap(([name, seconds]) =>
      Object.hasOwn(known, name) && Number.isFinite(seconds) && seconds >= 0
        ? []
        : {
            path: `times.${name}`,
            value: seconds,
            reason: `has to be a number of seconds from 0, for one of ${Object.keys(known).join(", ")}`,
            mend: "Correct it, or leave it out.",
          },
    ),
  );
  return (name, what) => {
    const seconds = own[name];
    return seconds === undefined
      ? { what, ...known[name] }
      : { what, seconds, origin: TimeOrigin.Measured, source: `times.${name}` };
  };
}
