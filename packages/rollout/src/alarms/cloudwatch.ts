/** Alarm states from CloudWatch, in each stack's own region. */
import {
  type AlarmType,
  CloudWatchClient,
  type CloudWatchClientConfig,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandOutput,
} from "@aws-sdk/client-cloudwatch";
import { AlarmState, type SeenAlarm } from "../core/model.ts";
import { type AlarmSource, type StackAlarms, unknownAlarms } from "./alarm-source.ts";

/** What one call takes, by the API's reference. */
const namesPerCall = 100;
/** Without them, the API answers for metric alarms only, and pages are composite ones. */
const types: AlarmType[] = ["CompositeAlarm", "MetricAlarm"];

export class CloudWatchAlarms implements AlarmSource {
  readonly #config: CloudWatchClientConfig;
  readonly #clients = new Map<string, CloudWatchClient>();

  /** @param config without it: credentials and endpoint as every AWS SDK finds them in the environment */
  constructor(config: CloudWatchClientConfig = {}) {
    this.#config = config;
  }

  async look(alarms: readonly StackAlarms[]): Promise<SeenAlarm[]> {
    return (await Promise.all(alarms.map((each) => this.#lookAt(each)))).flat();
  }

  async #lookAt(alarms: StackAlarms): Promise<SeenAlarm[]> {
    try {
      const states = await this.#describe(alarms);
      return alarms.names.map((name) => {
        const { state = AlarmState.Unknown, reason = "CloudWatch knows no alarm of this name" } =
          states.get(name) ?? {};
        return { stack: alarms.stack, name, state, ...(state === AlarmState.Ok ? {} : { reason }) };
      });
    } catch (error) {
      return unknownAlarms(alarms, `CloudWatch of ${alarms.region}: ${(error as Error).message}`);
    }
  }

  async #describe({ region, names }: StackAlarms): Promise<Map<string, { state: AlarmState; reason?: string }>> {
    const client = this.#clients.get(region) ?? new CloudWatchClient({ ...this.#config, region });
    this.#clients.set(region, client);
    const found = new Map<string, { state: AlarmState; reason?: string }>();
    for (let from = 0; from < names.length; from += namesPerCall) {
      const AlarmNames = names.slice(from, from + namesPerCall);
      const answer: DescribeAlarmsCommandOutput = await client.send(
        new DescribeAlarmsCommand({ AlarmNames, AlarmTypes: types, MaxRecords: namesPerCall }),
      );
      for (const alarm of [...(answer.CompositeAlarms ?? []), ...(answer.MetricAlarms ?? [])]) {
        const state =
          alarm.StateValue === "OK"
            ? AlarmState.Ok
            : alarm.StateValue === "ALARM"
              ? AlarmState.Alarm
              : AlarmState.Unknown;
        found.set(alarm.AlarmName ?? "", { state, ...(alarm.StateReason ? { reason: alarm.StateReason } : {}) });
      }
    }
    return found;
  }
}
