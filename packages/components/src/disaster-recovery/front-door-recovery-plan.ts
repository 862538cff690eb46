import { defaultSettleSeconds, defaultTurnPercent } from "../global-front-door/evacuation/dial-rules.ts";
import { routerHealthCheck } from "../regional-gpu-cluster/health-checks.ts";
import { refuseAll } from "../shared/refusal.ts";
import { Failure, type DisasterRecoveryPlan, type FrontDoorRecoveryArgs, type RecoveryObjective } from "./args.ts";
import { givenTimes } from "./given-times.ts";
import { configured, none, sumOf, type TimeTerm } from "./times.ts";

const noData = none("it keeps nothing", "by design");

/**
 * What the front door keeps where, and what its and a region's failure cost public tenants.
 *
 * @throws PlanRefusedError for a turn or a settling time that `mrgc-evacuate` does not take, and for a wrong duration
 */
export function frontDoorRecoveryPlan(args: FrontDoorRecoveryArgs): DisasterRecoveryPlan {
  const { regions, turnPercent = defaultTurnPercent, settleSeconds = defaultSettleSeconds } = args;
  refuseAll([
    ...(turnPercent > 0 && turnPercent <= 100
      ? []
      : [{ path: "turnPercent", value: turnPercent, reason: "is more than 0 and at most 100", mend: "Take 25." }]),
    ...(settleSeconds >= 0
      ? []
      : [{ path: "settleSeconds", value: settleSeconds, reason: "is at least 0", mend: "Take 60." }]),
  ]);
  const times = givenTimes(args.times);
  const turns = Math.ceil(100 / turnPercent);
  const move = configured(
    `${turns} turns of ${turnPercent} %, ${settleSeconds} s each`,
    turns * settleSeconds,
    "mrgc-evacuate --turn, --settle",
  );
  const { intervalSeconds, timeoutSeconds, changes } = routerHealthCheck;
  const region: RecoveryObjective[] =
    regions.length < 2
      ? [
          {
            failure: Failure.Region,
            part: "public tenants",
            effect: "down",
            rpo: noData,
            missing: "no other region is behind the front door: add one to `regions`",
            byItself: false,
            runbook: "runbooks/global-front-door.md#unhealthy",
          },
        ]
      : [
          {
            failure: Failure.Region,
            part: "public tenants",
            effect: "requests to it fail until the accelerator sends them elsewhere",
            rto: sumOf(
              configured(
                `${changes} checks of the load balancer, ${intervalSeconds} s apart, the last waits ${timeoutSeconds} s`,
                changes * intervalSeconds + timeoutSeconds,
                "health-checks.ts",
              ),
              times("accelerator", "until the accelerator sends elsewhere"),
              times("clientTimeout", "a request that hangs"),
            ),
            rpo: noData,
            byItself: true,
            runbook: "runbooks/global-front-door.md#unhealthy",
            gameDay: "region-public",
          },
          evacuation("region evacuated", "none: its traffic goes by steps", [move], "evacuation"),
          evacuation("region returned", "none: its traffic comes back by steps", [move], "return"),
          evacuation(
            "region that answers badly, evacuated",
            "what health checks do not see: errors until it is out",
            [times("response", "a person begins"), move],
            "bad-region",
          ),
        ];
  return {
    scope: "front door",
    copies: [
      {
        part: "front door",
        what: "accelerator: two addresses, announced everywhere",
        where: `leads to ${regions.join(", ")}, each at the dial that the command left it at`,
        outlives: [Failure.Node, Failure.Zone, ...(regions.length > 1 ? [Failure.Region] : [])],
        otherwise: "`pulumi up --stack global` makes another, with other addresses",
      },
    ],
    objectives: [
      ...region,
      {
        failure: Failure.Name,
        part: "accelerator or its name",
        effect: "public tenants are cut off; private ones never pass here",
        rto: sumOf(
          times("response", "a person runs `pulumi up --stack global`"),
          times("frontDoorUp", "another accelerator and its record"),
          times("dnsTtl", "what resolvers keep"),
          times("clientTimeout", "a request that hangs"),
        ),
        rpo: noData,
        byItself: false,
        runbook: "disaster-recovery.md#the-front-door-is-gone",
        gameDay: "front-door",
      },
    ],
  };
}

function evacuation(part: string, effect: string, terms: TimeTerm[], gameDay: string): RecoveryObjective {
  return {
    failure: Failure.Region,
    part,
    effect,
    rto: sumOf(...terms),
    rpo: noData,
    byItself: false,
    runbook: "disaster-recovery.md#a-region-is-evacuated-and-comes-back",
    gameDay,
  };
}
