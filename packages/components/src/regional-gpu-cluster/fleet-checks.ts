import type { InstanceType } from "../shared/instance-types.ts";
import type { Problem } from "../shared/refusal.ts";
import { type GpuPlacementGroup, GpuPlacementStrategy, type GpuReservation, type GpuSchedule } from "./fleet-args.ts";

/** Hosts of a spread placement group in a zone (EC2). */
const spreadPerZone = 7;

/** The numbers of a fleet, with their defaults. */
export interface FleetSizes {
  minPerZone: number;
  onDemandMax: number;
  spotMax: number;
  warmPool: number;
  gpuPercent: number;
  requestsPerHost: number;
  reservations: GpuReservation[];
  drainSeconds: number;
  rootVolumeGib: number;
}

/** Numbers that EC2 refuses, or that no group could hold. */
export function sizeProblems(sizes: FleetSizes, zoneIds: readonly string[]): Problem[] {
  const problems: Problem[] = [];
  const within = (path: string, value: number, least: number, most: number, why: string): void => {
    if (!Number.isInteger(value) || value < least || value > most) {
      problems.push({
        path,
        value,
        reason: `has to be a whole number from ${least} to ${most}: ${why}`,
        mend: "Choose a number of that range.",
      });
    }
  };
  within("minPerZone", sizes.minPerZone, 0, 500, "hosts of a zone");
  within("onDemandMaxPerZone", sizes.onDemandMax, 0, 500, "hosts of a zone");
  within("spotMaxPerZone", sizes.spotMax, 0, 500, "hosts of a zone");
  within("warmPoolPerZone", sizes.warmPool, 0, sizes.onDemandMax, "the pool feeds the on-demand group");
  within(
    "gpuTargetPercent",
    sizes.gpuPercent,
    10,
    90,
    "above it there is no room to absorb a burst while a host starts",
  );
  within("requestsPerHost", sizes.requestsPerHost, 1, 10_000, "requests in flight");
  within("drainSeconds", sizes.drainSeconds, 30, 7200, "the heartbeat of a lifecycle hook");
  within("rootVolumeGib", sizes.rootVolumeGib, 75, 16_384, "the GPU AMI has a 30 GiB root and the images need room");
  const unreserved = zoneIds.filter((zoneId) =>
    sizes.reservations.every((reservation) => reservation.zoneId !== zoneId),
  );
  if (unreserved.length > 0 && sizes.minPerZone > sizes.onDemandMax) {
    problems.push({
      path: "minPerZone",
      value: sizes.minPerZone,
      reason: `is more than the ${sizes.onDemandMax} on-demand hosts that onDemandMaxPerZone allows in ${unreserved.join(", ")}, and spot hosts guarantee nothing`,
      mend: "Raise onDemandMaxPerZone, or reserve capacity in each zone.",
    });
  }
  return problems;
}

/** Reservations that are not of this fleet, or too small for the minimum that they are to guarantee. */
export function reservationProblems(
  reservations: readonly GpuReservation[],
  minPerZone: number,
  region: string,
  zoneIds: readonly string[],
  types: readonly InstanceType[],
): Problem[] {
  if (reservations.length === 0) {
    return [];
  }
  const each = reservations.flatMap((reservation, index): Problem[] => {
    const path = `reservations[${index}]`;
    const problems: Problem[] = [];
    if (!/^cr-[0-9a-f]{8,17}$/.test(reservation.id)) {
      problems.push({
        path: `${path}.id`,
        value: reservation.id,
        reason: "is not the id of a capacity reservation (`cr-` and 8 to 17 hexadecimal digits)",
        mend: "Copy it from EC2.",
      });
    }
    if (!zoneIds.includes(reservation.zoneId)) {
      problems.push({
        path: `${path}.zoneId`,
        value: reservation.zoneId,
        reason: `is not one of the cluster's zones ${zoneIds.join(", ")} in ${region}`,
        mend: "Leave the reservation out, or give the network that zone.",
      });
    }
    if (!types.some((type) => type.type === reservation.instanceType)) {
      problems.push({
        path: `${path}.instanceType`,
        value: reservation.instanceType,
        reason: `is not one of the fleet's types ${types.map((type) => type.type).join(", ")}`,
        mend: "Add it to instanceTypes.",
      });
    }
    if (!Number.isInteger(reservation.instanceCount) || reservation.instanceCount < 1) {
      problems.push({
        path: `${path}.instanceCount`,
        value: reservation.instanceCount,
        reason: "has to be a whole number from 1",
        mend: "Give what the reservation holds.",
      });
    }
    return problems;
  });
  const zones = zoneIds.flatMap((zoneId): Problem[] => {
    const here = reservations.filter((reservation) => reservation.zoneId === zoneId);
    const held = here.reduce((sum, reservation) => sum + reservation.instanceCount, 0);
    return here.length > 0 && held < minPerZone
      ? [
          {
            path: "reservations",
            value: held,
            reason: `hold ${held} hosts in ${zoneId}, fewer than the ${minPerZone} of minPerZone that they are to guarantee`,
            mend: "Reserve more, or lower minPerZone.",
          },
        ]
      : [];
  });
  return [...each, ...zones];
}

/** Placement groups that EC2 refuses. */
export function placementProblems(
  plan: FleetSizes & { placementGroups: GpuPlacementGroup[] },
  zoneIds: readonly string[],
): Problem[] {
  const taken = new Map<string, string>();
  return plan.placementGroups.flatMap((group, index): Problem[] => {
    const path = `placementGroups[${index}]`;
    const problems: Problem[] = keyProblems(group.key, `${path}.key`);
    if (group.strategy === GpuPlacementStrategy.Cluster && group.zoneIds.length !== 1) {
      problems.push({
        path: `${path}.zoneIds`,
        value: group.zoneIds,
        reason: "has to be exactly one zone: a cluster placement group cannot span Availability Zones",
        mend: "Give each zone a group of its own.",
      });
    }
    for (const zoneId of group.zoneIds) {
      const other = taken.get(zoneId);
      if (!zoneIds.includes(zoneId) || other !== undefined) {
        problems.push({
          path: `${path}.zoneIds`,
          value: zoneId,
          reason:
            other === undefined
              ? `is not one of the cluster's zones ${zoneIds.join(", ")}`
              : `is in the group ${other} already`,
          mend: "Name each of the cluster's zones once.",
        });
      }
      taken.set(zoneId, group.key);
    }
    const most = plan.onDemandMax + plan.spotMax;
    if (group.strategy === GpuPlacementStrategy.Spread && most > spreadPerZone) {
      problems.push({
        path: `${path}.strategy`,
        value: group.strategy,
        reason: `holds ${spreadPerZone} hosts a zone, and the fleet may have ${most}`,
        mend: "Choose `partition`, or fewer hosts.",
      });
    }
    return problems;
  });
}

/** Schedules that Auto Scaling refuses. */
export function scheduleProblems(schedules: readonly GpuSchedule[], onDemandMax: number): Problem[] {
  return schedules.flatMap((schedule, index): Problem[] => {
    const path = `schedules[${index}]`;
    return [
      ...keyProblems(schedule.key, `${path}.key`),
      ...(schedule.recurrence.trim().split(/\s+/).length === 5
        ? []
        : [
            {
              path: `${path}.recurrence`,
              value: schedule.recurrence,
              reason: "is not five fields of cron",
              mend: "Write it as in `0 8 * * MON-FRI`.",
            },
          ]),
      ...(Number.isInteger(schedule.minPerZone) && schedule.minPerZone >= 0 && schedule.minPerZone <= onDemandMax
        ? []
        : [
            {
              path: `${path}.minPerZone`,
              value: schedule.minPerZone,
              reason: `has to be a whole number from 0 to the ${onDemandMax} of onDemandMaxPerZone`,
              mend: "Choose a number of that range, or raise onDemandMaxPerZone.",
            },
          ]),
    ];
  });
}

function keyProblems(key: string, path: string): Problem[] {
  return /^[a-z][a-z0-9-]{0,31}$/.test(key)
    ? []
    : [
        {
          path,
          value: key,
          reason:
            "is part of resource names: a lower-case letter, then at most 31 lower-case letters, digits or hyphens",
          mend: "Choose a short, lasting name.",
        },
      ];
}
