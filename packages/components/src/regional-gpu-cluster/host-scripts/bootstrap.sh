#!/bin/bash
# Makes this machine a GPU host. Runs at every boot, because a host of the warm pool boots again when it is needed; every
# step may run twice. When it fails the host never becomes ready, and its group replaces it.
set -euo pipefail
umask 077
# shellcheck source=/dev/null
. /etc/mrgc/settings
# shellcheck source=lib.sh
. /opt/mrgc/lib

log() { echo "mrgc-bootstrap: $*" >&2; }

# Amazon Linux' packages lie in S3, which is reached through the VPC's gateway endpoint.
install_packages() {
  local packages=(awscli-2 jq amazon-cloudwatch-agent)
  [ -z "$ENCLAVE_IMAGE" ] || packages+=(aws-nitro-enclaves-cli)
  if ! rpm --quiet --query "${packages[@]}"; then
    dnf --quiet --assumeyes install "${packages[@]}"
  fi
}

# The certificate is kept in memory only.
read_certificate() {
  local secret key
  install -d -m 0750 /run/mrgc /run/mrgc/tls
  secret=$(aws secretsmanager get-secret-value --region "$REGION" --secret-id "$CERTIFICATE_SECRET" --query SecretString --output text)
  for key in certificate privateKey authority; do
    jq --exit-status --raw-output ".$key" <<<"$secret" >"/run/mrgc/tls/$key.pem"
  done
}

# Gives the enclave its memory and whole cores before anything else takes them.
start_enclave() {
  [ -n "$ENCLAVE_IMAGE" ] || return 0
  systemctl enable --now nitro-enclaves-allocator.service
  aws s3 cp --quiet --region "$REGION" "$ENCLAVE_IMAGE" /run/mrgc/enclave.eif
  systemctl start mrgc-kms-proxy.service mrgc-enclave.service
}

pull_images() {
  local image
  for image in "$MODEL_IMAGE" "$DCGM_IMAGE"; do
    aws ecr get-login-password --region "$REGION" | docker login --username AWS --password-stdin "${image%%/*}" >/dev/null
    docker image inspect "$image" >/dev/null 2>&1 || docker pull --quiet "$image"
  done
}

main() {
  # The AMI's ECS agent has nothing to do here.
  systemctl disable --now ecs.service 2>/dev/null || true
  install_packages
  read_certificate
  start_enclave
  systemctl start docker.service
  pull_images
  systemctl start mrgc-dcgm.service mrgc-model.service mrgc-agent.service
  /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:/etc/mrgc/cloudwatch-agent.json
  log "started"
}

main "$@"
