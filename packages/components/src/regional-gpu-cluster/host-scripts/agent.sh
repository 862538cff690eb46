#!/bin/bash
# Watches this host: takes part in its lifecycle, is protected from scale-in while it serves, and gives itself up when its
# GPU is broken. One round every few seconds; a failed call is made again in the next round.
set -uo pipefail
# shellcheck source=/dev/null
. /etc/mrgc/settings
# shellcheck source=lib.sh
. /opt/mrgc/lib

readonly round_seconds=5
# A leaving host waits this long before it counts its requests: routers forget it when their DNS answers are old.
readonly forget_seconds=15

protected=unknown
drain_started=
completed=
reported=

log() { echo "mrgc-agent: $*" >&2; }
asg() { aws autoscaling "$@" --region "$REGION" --cli-connect-timeout 5 --cli-read-timeout 10; }
own=()

ready() {
  curl --silent --fail --max-time 3 --cacert /run/mrgc/tls/authority.pem --cert /run/mrgc/tls/certificate.pem \
    --key /run/mrgc/tls/privateKey.pem --resolve "$CERTIFICATE_NAME:$MODEL_PORT:127.0.0.1" --output /dev/null \
    "https://$CERTIFICATE_NAME:$MODEL_PORT$MODEL_HEALTH_PATH"
}

# complete HOOK: ends a lifecycle action, once a boot and hook. None is active when this agent was restarted after it.
complete() {
  local answer
  [ "$completed" != "$1" ] || return 0
  if answer=$(asg complete-lifecycle-action "${own[@]}" --lifecycle-hook-name "$1" --instance-id "$INSTANCE" \
    --lifecycle-action-result CONTINUE 2>&1) || [[ $answer == *"No active Lifecycle Action"* ]]; then
    completed=$1
    log "completed $1"
  else
    log "$1: $answer"
  fi
}

in_flight() {
  curl --silent --fail --max-time 3 "http://127.0.0.1:$MODEL_METRICS_PORT/metrics" | gauge_sum "$IN_FLIGHT_METRIC"
}

faults() {
  local metrics
  journalctl --dmesg --boot --quiet --output cat --grep 'NVRM: Xid' 2>/dev/null | fatal_xids_of_log | sed 's/^/xid /'
  if metrics=$(curl --silent --fail --max-time 3 "http://127.0.0.1:$DCGM_PORT/metrics"); then
    faults_of_metrics <<<"$metrics"
    [ "$(gpus_of_metrics <<<"$metrics")" -ge "$GPUS" ] || echo "fewer than $GPUS GPUs"
  fi
  if [ -n "$ENCLAVE_IMAGE" ] && systemctl is-failed --quiet mrgc-enclave.service; then
    echo "the enclave ended"
  fi
}

# The group replaces an unhealthy host; the metric is what the alarm counts.
give_up() {
  log "unhealthy: $1"
  asg set-instance-health --instance-id "$INSTANCE" --health-status Unhealthy --no-should-respect-grace-period || return 0
  aws cloudwatch put-metric-data --region "$REGION" --namespace "$METRIC_NAMESPACE" --metric-name "$FAULT_METRIC" \
    --dimensions "$CLUSTER_DIMENSION=$CLUSTER" --value 1 --unit Count || return 0
  reported=yes
}

round() {
  local target busy now left is_ready=no change
  target=$(metadata autoscaling/target-lifecycle-state) || target=
  busy=$(in_flight) || busy=0
  ready && is_ready=yes
  now=$(date +%s)
  [ "$target" != Terminated ] || drain_started=${drain_started:-$now}
  left=$((${drain_started:-$now} + DRAIN_SECONDS - now))
  # Until routers have forgotten this host, an idle moment is no end.
  if [ -n "$drain_started" ] && [ $((now - drain_started)) -lt "$forget_seconds" ]; then busy=$((busy + 1)); fi
  case $(lifecycle_step "$target" "$busy" "$left" "$is_ready") in
    started) complete "$LAUNCH_HOOK" ;;
    drained) complete "$TERMINATE_HOOK" ;;
  esac
  change=$(next_protection "$busy" "$protected")
  if [ "$target" = InService ] && [ -n "$change" ]; then
    local flag=--protected-from-scale-in
    [ "$change" = on ] || flag=--no-protected-from-scale-in
    asg set-instance-protection "${own[@]}" --instance-ids "$INSTANCE" "$flag" && protected=$change
  fi
  if [ -z "$reported" ]; then
    local fault
    fault=$(faults | sort -u | paste -sd, -)
    [ -z "$fault" ] || give_up "$fault"
  fi
}

main() {
  INSTANCE=$(metadata instance-id)
  GROUP=$(metadata tags/instance/aws:autoscaling:groupName)
  own=(--auto-scaling-group-name "$GROUP")
  while true; do
    round
    sleep "$round_seconds"
  done
}

main "$@"
