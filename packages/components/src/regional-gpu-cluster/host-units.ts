import { type EnclavePlan } from "./attestation-plan.ts";
import { dcgmPort, type HostPlan } from "./host-plan.ts";

/** vsock context id of the enclave; below 16 are reserved for others. */
const enclaveCid = 16;
/** vsock port on which the parent passes the enclave's TLS on to KMS. */
const kmsProxyPort = 8000;

const unit = (description: string, service: string, install = ""): string =>
  `[Unit]\nDescription=${description}\n\n[Service]\n${service.trim()}\n${install}`;

/**
 * The host's systemd units by file name. Only the bootstrap is enabled: it starts the others at every boot, when what they
 * need is there.
 */
export function hostUnits(region: string, host: HostPlan, enclave: EnclavePlan | undefined): Record<string, string> {
  return {
    "mrgc-bootstrap.service": unit(
      "Makes this machine a GPU host",
      `
Type=oneshot
RemainAfterExit=yes
ExecStart=/opt/mrgc/bootstrap
# The launch hook gives 900 seconds before the group gives the machine up.
TimeoutStartSec=850
`,
      "\n[Install]\nWantedBy=multi-user.target\n",
    ),
    "mrgc-agent.service": unit(
      "Health, lifecycle and scale-in protection of this GPU host",
      `
Type=exec
ExecStart=/opt/mrgc/agent
Restart=always
RestartSec=5
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
`,
    ),
    "mrgc-dcgm.service": container(
      "NVIDIA's exporter of GPU metrics",
      "mrgc-dcgm",
      `--cap-add SYS_ADMIN ${host.dcgmExporterImage} --address 0.0.0.0:${dcgmPort} --collectors /etc/mrgc/dcgm-fields.csv`,
    ),
    "mrgc-model.service": container(
      "The model server",
      "mrgc-model",
      [
        "--cap-drop ALL --security-opt no-new-privileges --shm-size 1g",
        "--volume /run/mrgc/tls:/run/mrgc/tls:ro",
        "--env TLS_DIRECTORY=/run/mrgc/tls",
        `--env PORT=${host.modelPort} --env METRICS_PORT=${host.modelMetricsPort}`,
        ...(enclave === undefined ? [] : [`--env ENCLAVE_CID=${enclaveCid}`]),
        host.modelImage,
      ].join(" "),
    ),
    ...(enclave === undefined ? {} : enclaveUnits(region, enclave)),
  };
}

/** The allocator's settings: what the enclave gets, the parent no longer has. */
export function allocatorConfig(enclave: EnclavePlan): string {
  return `---\nmemory_mib: ${enclave.memoryMib}\ncpu_count: ${enclave.vcpus}\n`;
}

/** The only host that the enclave's proxy leads to. */
export function kmsProxyConfig(region: string): string {
  return `---\nallowlist:\n  - {address: kms.${region}.amazonaws.com, port: 443}\n`;
}

function enclaveUnits(region: string, enclave: EnclavePlan): Record<string, string> {
  return {
    "mrgc-kms-proxy.service": unit(
      "Passes the enclave's TLS on to KMS",
      `
Type=exec
DynamicUser=yes
ExecStart=/usr/bin/vsock-proxy ${kmsProxyPort} kms.${region}.amazonaws.com 443 --config /etc/nitro_enclaves/mrgc-kms-proxy.yaml
Restart=always
`,
    ),
    "mrgc-enclave.service": unit(
      "The enclave that holds data keys",
      `
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/bin/nitro-cli run-enclave --eif-path /run/mrgc/enclave.eif --enclave-cid ${enclaveCid} --cpu-count ${enclave.vcpus} --memory ${enclave.memoryMib}
ExecStop=/usr/bin/nitro-cli terminate-enclave --all
`,
    ),
  };
}

function container(description: string, name: string, rest: string): string {
  return unit(
    description,
    `
Type=exec
ExecStartPre=-/usr/bin/docker rm --force ${name}
ExecStart=/usr/bin/docker run --rm --name ${name} --network host --gpus all --read-only --tmpfs /tmp --volume /etc/mrgc:/etc/mrgc:ro ${rest}
ExecStop=/usr/bin/docker stop --time 60 ${name}
Restart=always
RestartSec=5
`,
  );
}
