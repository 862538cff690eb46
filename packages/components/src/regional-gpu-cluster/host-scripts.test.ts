import { execFile, execFileSync } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { pythonTools } from "../../../../test/support/python-tools.ts";
import { hostScripts } from "./user-data.ts";

const folder = join(import.meta.dirname, "host-scripts");

/** Runs a function of the library with bash: arguments in, standard input in, standard output out. */
function bash(call: string, args: (string | number)[] = [], input = ""): string {
  const script = `set -euo pipefail; . "$0"; ${call} "$@"`;
  return execFileSync("bash", ["-c", script, join(folder, "lib.sh"), ...args.map(String)], {
    input,
    encoding: "utf8",
  }).trim();
}

const kernelLog = `
NVRM: Xid (PCI:0000:31:00): 13, pid=1234, name=python, Graphics Exception
NVRM: Xid (PCI:0000:31:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.
usb 1-1: new high-speed USB device
NVRM: Xid (PCI:0000:31:00): 95, pid=77, name=python, Uncontained: SRAM
NVRM: Xid (PCI:0000:31:00): 7, pid=77, name=python
`;
const healthyMetrics = `
# HELP DCGM_FI_DEV_GPU_UTIL GPU utilization (in %).
# TYPE DCGM_FI_DEV_GPU_UTIL gauge
DCGM_FI_DEV_GPU_UTIL{gpu="0",UUID="GPU-1",modelName="NVIDIA L40S"} 63
DCGM_FI_DEV_GPU_UTIL{gpu="1",UUID="GPU-2",modelName="NVIDIA L40S"} 12
DCGM_FI_DEV_XID_ERRORS{gpu="0",UUID="GPU-1"} 0
DCGM_FI_DEV_ROW_REMAP_FAILURE{gpu="0",UUID="GPU-1"} 0
`;
const modelMetrics = `
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{model_name="a"} 3.0
vllm:num_requests_running{model_name="b"} 1.5
vllm:num_requests_running_total{model_name="a"} 900
vllm:num_requests_waiting{model_name="a"} 7.0
`;

describe("the hosts' programs", () => {
  it.each(hostScripts)("%s passes shellcheck with every optional check that speaks of errors", async (name) => {
    const tools = await pythonTools();
    const args = ["--external-sources", "--severity", "style", "--source-path", folder, join(folder, `${name}.sh`)];
    const run = promisify(execFile)(tools.bin("shellcheck"), args);
    await expect(
      run.catch((error: { stdout: string }) => Promise.reject(new Error(error.stdout))),
    ).resolves.toMatchObject({ stdout: "" });
  });

  it("find the fatal XID events of a kernel log, and not those that programs cause", () => {
    expect(bash("fatal_xids_of_log", [], kernelLog)).toBe("79\n95");
    expect(bash("fatal_xids_of_log", [], "")).toBe("");
  });

  it("find faults in DCGM's metrics", () => {
    expect(bash("faults_of_metrics", [], healthyMetrics)).toBe("");
    expect(bash("faults_of_metrics", [], `${healthyMetrics}DCGM_FI_DEV_XID_ERRORS{gpu="1"} 48\n`)).toBe("xid 48");
    expect(bash("faults_of_metrics", [], `${healthyMetrics}DCGM_FI_DEV_XID_ERRORS{gpu="1"} 31\n`)).toBe("");
    expect(
      bash(
        "faults_of_metrics",
        [],
        'DCGM_FI_DEV_ROW_REMAP_FAILURE{gpu="1"} 1\nDCGM_FI_DEV_ECC_DBE_VOL_TOTAL{gpu="0"} 2\n',
      ),
    ).toBe("double-bit ECC errors\nrow remapping failed");
  });

  it("count GPUs", () => {
    expect(bash("gpus_of_metrics", [], healthyMetrics)).toBe("2");
    expect(bash("gpus_of_metrics", [], "")).toBe("0");
  });

  it("sum the gauge of requests in flight, rounded up, and no gauge with a similar name", () => {
    expect(bash("gauge_sum", ["vllm:num_requests_running"], modelMetrics)).toBe("5");
    expect(bash("gauge_sum", ["vllm:num_requests_waiting"], modelMetrics)).toBe("7");
    expect(bash("gauge_sum", ["absent"], modelMetrics)).toBe("0");
  });

  it.each([
    [2, "unknown", "on"],
    [2, "off", "on"],
    [2, "on", ""],
    [0, "unknown", "off"],
    [0, "on", "off"],
    [0, "off", ""],
  ])("protect a host with %i requests that is %s: %s", (busy, protectedNow, expected) => {
    expect(bash("next_protection", [busy, protectedNow])).toBe(expected);
  });

  it.each([
    // What Auto Scaling wants, requests in flight, seconds left to drain, whether the model answers
    ["InService", 0, 300, "no", "wait"],
    ["InService", 0, 300, "yes", "started"],
    ["Warmed:Stopped", 0, 300, "yes", "started"],
    ["Warmed:Stopped", 0, 300, "no", "wait"],
    ["Terminated", 3, 300, "yes", "drain"],
    ["Terminated", 3, 0, "yes", "drained"],
    ["Terminated", 0, 300, "no", "drained"],
    ["", 3, 300, "yes", "serve"],
  ])("want %s with %i requests, %i s left, ready %s: %s", (target, inFlight, left, ready, expected) => {
    expect(bash("lifecycle_step", [target, inFlight, left, ready])).toBe(expected);
  });
});
