import { refuseAll, type Problem } from "../shared/refusal.ts";
import { type AttestationArgs, AttestationMode } from "./attestation-args.ts";

/** AWS' image for GPU hosts: Amazon Linux 2023 with NVIDIA's driver, Docker and its container toolkit. */
export const defaultAmiParameter = "/aws/service/ecs/optimized-ami/amazon-linux-2023/gpu/recommended/image_id";

/** Port of NVIDIA's exporter (dcgm-exporter's default). */
export const dcgmPort = 9400;

/** The part of the arguments that a host is set up from. */
export interface HostArgs {
  attestation: AttestationArgs;
  modelImage: string;
  dcgmExporterImage: string;
  modelPort?: number;
  modelHealthPath?: string;
  modelMetricsPort?: number;
  inFlightMetric?: string;
  amiSsmParameter?: string;
}

export interface HostPlan {
  readonly modelImage: string;
  readonly dcgmExporterImage: string;
  readonly modelPort: number;
  readonly modelHealthPath: string;
  readonly modelMetricsPort: number;
  readonly inFlightMetric: string;
  readonly amiSsmParameter: string;
}

/** @throws PlanRefusedError for names and ports that a host could not use */
export function hostPlan(args: HostArgs): HostPlan {
  const problems: Problem[] = [];
  const modelMetricsPort = args.modelMetricsPort ?? 8000;
  const inFlightMetric = args.inFlightMetric ?? "vllm:num_requests_running";
  const modelPort = args.modelPort ?? 8443;
  if (args.attestation.mode === AttestationMode.NitroTpm && args.amiSsmParameter === undefined) {
    problems.push({
      path: "amiSsmParameter",
      value: undefined,
      reason:
        "is needed with `nitrotpm`: the measured image is one that you built with NitroTPM support, and AWS' own changes its measurement with every release",
      mend: "Put the id of your attestable AMI into an SSM parameter and name it.",
    });
  }
  if (args.amiSsmParameter !== undefined && !/^\/[\w./-]+$/.test(args.amiSsmParameter)) {
    problems.push({
      path: "amiSsmParameter",
      value: args.amiSsmParameter,
      reason: "has to be the full name of a parameter",
      mend: "Write it as in `/images/gpu/current`.",
    });
  }
  if (!/^[a-zA-Z_:][\w:]*$/.test(inFlightMetric)) {
    problems.push({
      path: "inFlightMetric",
      value: inFlightMetric,
      reason: "is no Prometheus metric name",
      mend: "vLLM has `vllm:num_requests_running`.",
    });
  }
  if (
    !Number.isInteger(modelMetricsPort) ||
    modelMetricsPort < 1024 ||
    modelMetricsPort > 65_535 ||
    [modelPort, dcgmPort].includes(modelMetricsPort)
  ) {
    problems.push({
      path: "modelMetricsPort",
      value: modelMetricsPort,
      reason: `has to be a port from 1024 to 65535 other than ${modelPort} (the model's) and ${dcgmPort} (DCGM's)`,
      mend: "vLLM has 8000.",
    });
  }
  refuseAll(problems);
  return {
    modelImage: args.modelImage,
    dcgmExporterImage: args.dcgmExporterImage,
    modelPort,
    modelHealthPath: args.modelHealthPath ?? "/health",
    modelMetricsPort,
    inFlightMetric,
    amiSsmParameter: args.amiSsmParameter ?? defaultAmiParameter,
  };
}
