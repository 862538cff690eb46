#!/bin/bash
# Makes this machine a node of the hot tier. Runs at every boot; every step may run again and changes nothing the second time.
# It never formats a volume that holds anything. When it fails, the node never becomes ready and the group replaces it.
set -euo pipefail
umask 022
# shellcheck source=/dev/null
. /etc/mrgc/settings

readonly user=mrgc

log() { echo "mrgc-bootstrap: $*" >&2; }
fail() {
  log "$*"
  exit 1
}

metadata() {
  local token
  token=$(curl --silent --fail --max-time 5 --retry 5 --request PUT \
    --header "X-aws-ec2-metadata-token-ttl-seconds: 300" http://169.254.169.254/latest/api/token)
  curl --silent --fail --max-time 5 --retry 5 --header "X-aws-ec2-metadata-token: $token" \
    "http://169.254.169.254/latest/meta-data/$1"
}

# Writes standard input to a file only when it differs, so that a reader never sees half of it.
# write PATH MODE OWNER
write() {
  local new
  new=$(mktemp "$1.XXXXXX")
  cat >"$new"
  chmod "$2" "$new"
  chown "$3" "$new"
  mv "$new" "$1"
}

create_user() {
  id -u "$user" >/dev/null 2>&1 || useradd --system --no-create-home --shell /sbin/nologin "$user"
  install -d -m 0750 -o root -g "$user" /etc/mrgc /etc/mrgc/tls
  install -d -m 0750 -o "$user" -g "$user" /var/log/mrgc
}

# Installs an archive from S3 below /opt/mrgc, refused when its checksum differs.
# install_archive URI SHA256 NAME
install_archive() {
  local work
  if [ "$(cat "/opt/mrgc/$3/.sha256" 2>/dev/null)" = "$2" ]; then
    return
  fi
  work=$(mktemp -d /opt/mrgc/unpack.XXXXXX)
  aws s3 cp --only-show-errors --region "$REGION" "$1" "$work/archive"
  echo "$2  $work/archive" | sha256sum --check --status || fail "$1 does not have the SHA-256 $2: not installed"
  install -d -m 0755 "$work/tree"
  tar --extract --gzip --no-same-owner --file "$work/archive" --directory "$work/tree"
  echo "$2" >"$work/tree/.sha256"
  rm -rf "/opt/mrgc/${3:?}"
  mv "$work/tree" "/opt/mrgc/$3"
  rm -rf "$work"
}

# The first of the paths and commands that can be run.
first_program() {
  local candidate
  for candidate in "$@"; do
    if command -v "$candidate"; then
      return
    fi
  done
  fail "none of these can be run: $*"
}

install_server() {
  local installed server cli
  if [ -n "$ENGINE_URI" ]; then
    install_archive "$ENGINE_URI" "$ENGINE_SHA256" engine
  elif ! command -v "$ENGINE-server" "$ENGINE_PACKAGE-server" >/dev/null; then
    dnf install --assumeyes --quiet "$ENGINE_PACKAGE"
  fi
  server=$(first_program "/opt/mrgc/engine/bin/$ENGINE-server" "$ENGINE-server" "$ENGINE_PACKAGE-server")
  cli=$(first_program "/opt/mrgc/engine/bin/$ENGINE-cli" "$ENGINE-cli" "$ENGINE_PACKAGE-cli")
  installed=$("$server" --version | sed -n 's/.* v=\([0-9.]*\).*/\1/p')
  case "$installed." in
    "$ENGINE_VERSION".*) ;;
    *) fail "$server is version $installed, and the cluster runs $ENGINE_VERSION" ;;
  esac
  ln -sfn "$server" /opt/mrgc/server
  ln -sfn "$cli" /opt/mrgc/cli
}

# What the scripts call and a small image may lack.
install_tools() {
  local tool packages=()
  for tool in jq:jq openssl:openssl cmp:diffutils mkfs.ext4:e2fsprogs tar:tar; do
    command -v "${tool%%:*}" >/dev/null || packages+=("${tool##*:}")
  done
  if [ "${#packages[@]}" -gt 0 ]; then
    dnf install --assumeyes --quiet "${packages[@]}"
  fi
}

install_agents() {
  if [ ! -x /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl ]; then
    dnf install --assumeyes --quiet amazon-cloudwatch-agent
  fi
  if [ -n "$EXPORTER_URI" ]; then
    install_archive "$EXPORTER_URI" "$EXPORTER_SHA256" exporter
  fi
}

# A fork must not fail or copy whole huge pages while the server writes.
tune_kernel() {
  sysctl --quiet --load=/etc/sysctl.d/90-mrgc.conf
  echo never >/sys/kernel/mm/transparent_hugepage/enabled
}

# The NVMe device that EC2 attached under the data volume's name; attaching may take a while.
find_volume() {
  local device
  for _ in $(seq 60); do
    for device in /dev/nvme*n1; do
      if [ -b "$device" ] && [ "$(ebsnvme-id --block-dev "$device" 2>/dev/null | sed 's,^/dev/,,')" = "$DATA_DEVICE" ]; then
        echo "$device"
        return
      fi
    done
    if [ -b "/dev/$DATA_DEVICE" ]; then
      readlink -f "/dev/$DATA_DEVICE"
      return
    fi
    sleep 2
  done
  fail "no volume is attached as $DATA_DEVICE"
}

# Whether a device has nothing on it: no file system or partition table that blkid knows, and nothing but zeros where one
# would be. A new volume reads as zeros.
is_blank() {
  local probe=0
  blkid --probe "$1" >/dev/null 2>&1 || probe=$?
  [ "$probe" -eq 2 ] && cmp --silent --bytes=16777216 "$1" /dev/zero
}

mount_volume() {
  local device uuid
  device=$(find_volume)
  uuid=$(blkid --probe --match-tag UUID --output value "$device" || true)
  if [ -z "$uuid" ]; then
    is_blank "$device" || fail "$device holds something that is no file system: it is left as it is"
    log "formatting $device, which is blank"
    mkfs.ext4 -q -m 0 -L mrgc-data "$device"
    uuid=$(blkid --probe --match-tag UUID --output value "$device")
  fi
  install -d -m 0750 /data
  { grep -v '[[:space:]]/data[[:space:]]' /etc/fstab || true; echo "UUID=$uuid /data auto defaults,noatime,nofail 0 2"; } |
    write /etc/fstab 0644 root:root
  mountpoint --quiet /data || mount --options noatime "$device" /data
  # A volume that was made larger grows here; where it was not, this does nothing.
  resize2fs "$device" >/dev/null 2>&1 || true
  chown "$user:$user" /data
}

# secret ARN FIELD
secret() {
  aws secretsmanager get-secret-value --region "$REGION" --secret-id "$1" --query SecretString --output text |
    jq --exit-status --raw-output ".$2"
}

sha256() { printf '%s' "$1" | sha256sum | cut -d ' ' -f 1; }

write_configuration() {
  local application controller replication local_password zone
  application=$(secret "$SECRET_APPLICATION" password)
  controller=$(secret "$SECRET_CONTROLLER" password)
  replication=$(secret "$SECRET_REPLICATION" password)
  if [ ! -s /etc/mrgc/node.password ]; then
    openssl rand -hex 32 | write /etc/mrgc/node.password 0600 root:root
  fi
  local_password=$(cat /etc/mrgc/node.password)
  zone=$(metadata placement/availability-zone-id)
  sed -e "s/@application@/#$(sha256 "$application")/" \
    -e "s/@controller@/#$(sha256 "$controller")/" \
    -e "s/@replication@/#$(sha256 "$replication")/" \
    -e "s/@node@/#$(sha256 "$local_password")/" \
    /etc/mrgc/users.template | write /etc/mrgc/users.acl 0640 "root:$user"
  {
    echo "masteruser replication"
    echo "masterauth $replication"
    if [ "$KNOWS_ZONES" = yes ]; then
      echo "availability-zone $zone"
    fi
  } | write /etc/mrgc/node.conf 0640 "root:$user"
}

start_agents() {
  metadata instance-id | write /etc/mrgc/instance 0644 root:root
  sed -e "s/@instance@/$(cat /etc/mrgc/instance)/" /etc/mrgc/agent.template | write /etc/mrgc/agent.json 0644 root:root
  /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:/etc/mrgc/agent.json
  systemctl start mrgc-metrics.timer
  if [ -n "$EXPORTER_URI" ]; then
    {
      echo "REDIS_ADDR=rediss://localhost:$PORT"
      echo "REDIS_USER=node"
      echo "REDIS_PASSWORD=$(cat /etc/mrgc/node.password)"
      echo "REDIS_EXPORTER_TLS_CA_CERT_FILE=/etc/mrgc/tls/ca.crt"
    } | write /etc/mrgc/exporter.env 0600 root:root
    systemctl restart mrgc-engine-exporter.service mrgc-node-exporter.service
  fi
}

wait_for_server() {
  local password
  password=$(cat /etc/mrgc/node.password)
  for _ in $(seq 120); do
    if REDISCLI_AUTH="$password" VALKEYCLI_AUTH="$password" /opt/mrgc/cli --user node --tls --cacert /etc/mrgc/tls/ca.crt \
      -h localhost -p "$PORT" ping 2>/dev/null | grep --quiet --extended-regexp 'PONG|LOADING'; then
      return
    fi
    sleep 1
  done
  fail "the server does not answer; its log: $(tail --lines 5 /var/log/mrgc/server.log 2>/dev/null)"
}

main() {
  create_user
  install_tools
  install_agents
  install_server
  tune_kernel
  # A machine that only waits in the warm pool has its programs and nothing else: it is stopped next, and makes its data,
  # certificate and configuration when it is called.
  case "$(metadata autoscaling/target-lifecycle-state || true)" in
    Warmed:*)
      log "ready for the warm pool"
      return
      ;;
  esac
  mount_volume
  write_configuration
  /opt/mrgc/certificate
  systemctl start mrgc-server.service mrgc-certificate.timer
  wait_for_server
  start_agents
  log "ready for the controller"
}

main "$@"
