import type { HotTierPlan } from "./hot-tier-plan.ts";
import { nodePaths } from "./server-config.ts";

/**
 * The node's systemd units by file name. Only the bootstrap is enabled: it starts the others once their files are there, at every
 * boot. A unit that was enabled and ordered after the bootstrap would wait for it while it waits for the unit.
 */
export function serviceUnits(plan: HotTierPlan): Record<string, string> {
  return {
    "mrgc-bootstrap.service": `[Unit]
Description=Makes this machine a node of the hot tier ${plan.clusterName}
Wants=network-online.target
After=network-online.target cloud-init.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${nodePaths.programs}/bootstrap
# The launch hook gives 900 seconds before the group gives the machine up.
TimeoutStartSec=850
LogsDirectory=mrgc
StandardOutput=append:${nodePaths.bootLog}
StandardError=inherit

[Install]
WantedBy=multi-user.target
`,
    "mrgc-server.service": `[Unit]
Description=Server of the hot tier ${plan.clusterName}
RequiresMountsFor=${nodePaths.data}

[Service]
Type=exec
User=mrgc
Group=mrgc
ExecStart=${nodePaths.programs}/server ${nodePaths.config}/server.conf
# A stop hands the shard over first, and writes what is left to the append-only file.
TimeoutStopSec=60
Restart=on-failure
RestartSec=2
LimitNOFILE=65536
OOMScoreAdjust=-900
NoNewPrivileges=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectHome=yes
ProtectSystem=strict
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
RestrictSUIDSGID=yes
ReadWritePaths=${nodePaths.data} /var/log/mrgc
`,
    "mrgc-certificate.service": `[Unit]
Description=Renews this node's certificate

[Service]
Type=oneshot
ExecStart=${nodePaths.programs}/certificate
`,
    "mrgc-certificate.timer": `[Unit]
Description=Looks at this node's certificate every six hours

[Timer]
OnBootSec=1h
OnUnitActiveSec=6h
RandomizedDelaySec=1h
`,
    "mrgc-metrics.service": `[Unit]
Description=Sends the server's state to the CloudWatch agent

[Service]
Type=oneshot
ExecStart=${nodePaths.programs}/metrics
`,
    "mrgc-metrics.timer": `[Unit]
Description=Sends the server's state every 15 seconds

[Timer]
OnActiveSec=15
OnUnitActiveSec=15
AccuracySec=1
`,
    "mrgc-engine-exporter.service": exporter(
      "server",
      "redis_exporter",
      // The group may read the CA's certificate.
      `EnvironmentFile=${nodePaths.config}/exporter.env\nSupplementaryGroups=mrgc`,
    ),
    "mrgc-node-exporter.service": exporter("machine", "node_exporter"),
  };
}

/** A unit that runs a Prometheus exporter as a user of its own. */
function exporter(what: string, program: string, setting = "Nice=10"): string {
  return `[Unit]
Description=Prometheus exporter of the ${what}

[Service]
Type=exec
DynamicUser=yes
${setting}
ExecStart=${nodePaths.programs}/exporter/bin/${program}
Restart=always
RestartSec=5
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
`;
}
