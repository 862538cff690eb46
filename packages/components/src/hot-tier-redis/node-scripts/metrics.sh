#!/bin/bash
# Sends the server's state to the CloudWatch agent, which listens for StatsD on this machine. Runs every 15 seconds.
set -euo pipefail
# shellcheck source=/dev/null
. /etc/mrgc/settings

readonly sent=/run/mrgc-network

password=$(cat /etc/mrgc/node.password)
instance=$(cat /etc/mrgc/instance)
ask() {
  REDISCLI_AUTH="$password" VALKEYCLI_AUTH="$password" timeout 5 /opt/mrgc/cli --user node --tls --cacert /etc/mrgc/tls/ca.crt \
    -h localhost -p "$PORT" "$@" 2>/dev/null | tr -d '\r'
}

# gauge NAME VALUE
gauge() {
  # shellcheck disable=SC2153 # from the settings
  echo "$1:$2|g|#Cluster:$CLUSTER,InstanceId:$instance" >/dev/udp/127.0.0.1/8125
}

# How many bytes a second the machine has sent since the last run.
bytes=$(awk -F '[: ]+' '/^ *(eth|ens)[0-9]+:/ { gsub(/^ +/, ""); total += $10 } END { print total + 0 }' /proc/net/dev)
now=$(date +%s)
if read -r earlier_bytes earlier <"$sent" 2>/dev/null && [ "$now" -gt "$earlier" ] && [ "$bytes" -ge "$earlier_bytes" ]; then
  gauge NetworkBytesOut "$(((bytes - earlier_bytes) / (now - earlier)))"
fi
echo "$bytes $now" >"$sent"

info=$(ask info || true)
cluster=$(ask cluster info || true)
field() { sed -n "s/^$2://p" <<<"$1"; }

if [ -z "$info" ]; then
  gauge ServerUp 0
  exit 0
fi
gauge ServerUp 1
gauge ServerMemoryUtilization "$(($(field "$info" used_memory) * 100 / $(field "$info" maxmemory)))"
gauge OperationsPerSecond "$(field "$info" instantaneous_ops_per_sec)"
gauge EvictedKeys "$(field "$info" evicted_keys)"
gauge RejectedConnections "$(field "$info" rejected_connections)"
gauge PersistenceFailing "$([ "$(field "$info" aof_last_write_status)" = ok ] && [ "$(field "$info" aof_last_bgrewrite_status)" = ok ] && echo 0 || echo 1)"
gauge ClusterFailing "$([ "$(field "$cluster" cluster_state)" = ok ] && echo 0 || echo 1)"
gauge SlotsFailing "$(($(field "$cluster" cluster_slots_pfail) + $(field "$cluster" cluster_slots_fail)))"
if [ "$(field "$info" role)" = master ]; then
  # A primary that owns nothing yet has nothing to replicate.
  if [ "$(field "$info" db0)" ]; then
    gauge ReplicasMissing "$((WANTED_REPLICAS > $(field "$info" connected_slaves) ? WANTED_REPLICAS - $(field "$info" connected_slaves) : 0))"
  fi
else
  gauge ReplicationBroken "$([ "$(field "$info" master_link_status)" = up ] && echo 0 || echo 1)"
  gauge ReplicationLagSeconds "$(field "$info" master_last_io_seconds_ago)"
fi
