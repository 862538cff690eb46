import type { Statement } from "../shared/iam-policy.ts";

/** What a role needs to send its traces to X-Ray. X-Ray has no resource-level permission for either action. */
export const writeTraces: Statement<string> = {
  sid: "WriteTraces",
  actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  resources: ["*"],
};
