#!/bin/bash
# Has a certificate of seven days signed for this node, when there is none or the present one ends within four days. The key is
# made here and never leaves the machine. A server that runs takes the new certificate without dropping a connection.
set -euo pipefail
umask 077
# shellcheck source=/dev/null
. /etc/mrgc/settings

readonly tls=/etc/mrgc/tls
readonly four_days=345600

if [ -s "$tls/node.crt" ] && [ -s "$tls/node.key" ] && openssl x509 -in "$tls/node.crt" -noout -checkend "$four_days" >/dev/null; then
  exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

token=$(curl --silent --fail --max-time 5 --retry 5 --request PUT \
  --header "X-aws-ec2-metadata-token-ttl-seconds: 300" http://169.254.169.254/latest/api/token)
metadata() {
  curl --silent --fail --max-time 5 --retry 5 --header "X-aws-ec2-metadata-token: $token" \
    "http://169.254.169.254/latest/meta-data/$1"
}

# Clients reach a node by its address, by its name, and by the name of the balancer that answers with seeds.
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
  -keyout "$work/node.key" -out "$work/node.csr" -subj "/CN=$(metadata instance-id)" \
  -addext "subjectAltName=IP:$(metadata local-ipv4),DNS:$(metadata local-hostname),DNS:$SEED_NAME,DNS:localhost" 2>/dev/null

arn=$(aws acm-pca issue-certificate --region "$REGION" --certificate-authority-arn "$CA_ARN" \
  --csr "fileb://$work/node.csr" --signing-algorithm SHA256WITHECDSA --validity Value=7,Type=DAYS \
  --query CertificateArn --output text)
aws acm-pca wait certificate-issued --region "$REGION" --certificate-authority-arn "$CA_ARN" --certificate-arn "$arn"
aws acm-pca get-certificate --region "$REGION" --certificate-authority-arn "$CA_ARN" --certificate-arn "$arn" >"$work/issued"
jq --exit-status --raw-output .Certificate "$work/issued" >"$work/node.crt"
aws acm-pca get-certificate-authority-certificate --region "$REGION" --certificate-authority-arn "$CA_ARN" \
  --query Certificate --output text >"$work/ca.crt"
openssl verify -CAfile "$work/ca.crt" "$work/node.crt" >/dev/null

chown root:mrgc "$work"/*
chmod 0640 "$work"/*
mv "$work/ca.crt" "$work/node.key" "$work/node.crt" "$tls/"

if systemctl --quiet is-active mrgc-server.service; then
  password=$(cat /etc/mrgc/node.password)
  REDISCLI_AUTH="$password" VALKEYCLI_AUTH="$password" /opt/mrgc/cli --user node --tls --cacert "$tls/ca.crt" -h localhost -p "$PORT" \
    config set tls-key-file "$tls/node.key" tls-cert-file "$tls/node.crt" >/dev/null
fi
