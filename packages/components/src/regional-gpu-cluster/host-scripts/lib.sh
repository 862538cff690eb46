#!/bin/bash
# What bootstrap and agent share. The first part is pure: it reads standard input and arguments, and writes standard output.

# XID codes after which a GPU works again only with another host or a reset that costs as much: double-bit ECC (48), row
# remapping failed (64), NVLink (74), fallen off the bus (79), uncontained ECC (95), GSP gone (119, 120), unrepairable (140).
# Codes that programs cause (13, 31, 43, 45) are not among them.
readonly fatal_xids=" 48 64 74 79 95 119 120 140 "

# Prints the fatal XID codes of kernel messages, one a line.
fatal_xids_of_log() {
  sed -n 's/.*NVRM: Xid (PCI:[^)]*): \([0-9]*\),.*/\1/p' | while read -r xid; do
    case "$fatal_xids" in *" $xid "*) echo "$xid" ;; esac
  done
}

# Prints what DCGM's metrics say is broken, one reason a line.
faults_of_metrics() {
  awk -v fatal="$fatal_xids" '
    /^#/ { next }
    { name = $1; sub(/\{.*/, "", name); value = $NF }
    name == "DCGM_FI_DEV_XID_ERRORS" && value > 0 && index(fatal, " " value " ") { print "xid " value }
    name == "DCGM_FI_DEV_ROW_REMAP_FAILURE" && value > 0 { print "row remapping failed" }
    name == "DCGM_FI_DEV_ECC_DBE_VOL_TOTAL" && value > 0 { print "double-bit ECC errors" }
  ' | sort -u
}

# Counts the GPUs in DCGM's metrics.
gpus_of_metrics() {
  awk '/^DCGM_FI_DEV_GPU_UTIL\{/ { count++ } END { print count + 0 }'
}

# gauge_sum NAME: the sum of a gauge over its labels, rounded up, in Prometheus' text format.
gauge_sum() {
  awk -v wanted="$1" '
    /^#/ { next }
    { name = $1; sub(/\{.*/, "", name) }
    name == wanted { sum += $NF }
    END { rounded = int(sum); print (sum > rounded) ? rounded + 1 : rounded }
  '
}

# next_protection BUSY PROTECTED: prints on or off when the protection from scale-in has to change, nothing when not.
next_protection() {
  if [ "$1" -gt 0 ] && [ "$2" != on ]; then
    echo on
  elif [ "$1" -eq 0 ] && [ "$2" != off ]; then
    echo off
  fi
}

# lifecycle_step TARGET IN_FLIGHT SECONDS_LEFT READY: what a host does about its lifecycle, as one word.
#   wait | serve | started | drain | drained
# TARGET is what Auto Scaling wants of it, READY whether the model answers (yes or no).
lifecycle_step() {
  case "$1" in
    InService | Warmed:*) if [ "$4" = yes ]; then echo started; else echo wait; fi ;;
    Terminated) if [ "$2" -eq 0 ] || [ "$3" -le 0 ]; then echo drained; else echo drain; fi ;;
    *) echo serve ;;
  esac
}

# From here on the functions speak with the machine and with AWS.

# metadata PATH: the instance's metadata, by IMDSv2.
metadata() {
  local token
  token=$(curl --silent --fail --max-time 5 --retry 5 --request PUT \
    --header "X-aws-ec2-metadata-token-ttl-seconds: 300" http://169.254.169.254/latest/api/token)
  curl --silent --fail --max-time 5 --retry 5 --header "X-aws-ec2-metadata-token: $token" \
    "http://169.254.169.254/latest/meta-data/$1"
}
