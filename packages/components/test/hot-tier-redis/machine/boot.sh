#!/bin/bash
# Runs commands inside a machine that is none: this system's files under a writable layer, a loop device as its NVMe volume, its own
# network and processes. boot.sh WORK COMMANDS: WORK holds `layer` (what the machine has written), `volume` (its data
# volume), `files` (the node's files) and `stub` (what AWS would answer). Run in new mount, network and process namespaces.
set -euo pipefail
work=$1
commands=$2
here=$(dirname "$(readlink -f "$0")")

mkdir -p "$work/layer" "$work/scratch" "$work/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/layer,workdir=$work/scratch" "$work/root"
loop=$(losetup --find --show "$work/volume")
# Detached once nothing uses it any more, at the latest when the namespace ends.
trap 'losetup --detach "$loop"' EXIT

root=$work/root
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/dev"
mount -t tmpfs tmpfs "$root/run"
for device in "null 1 3" "zero 1 5" "random 1 8" "urandom 1 9"; do
  read -r name major minor <<<"$device"
  mknod -m 0666 "$root/dev/$name" c "$major" "$minor"
done
ln -s /proc/self/fd "$root/dev/fd"
mknod "$root/dev/nvme1n1" b 7 "${loop#/dev/loop}"
mkdir -p "$root/sys/kernel/mm/transparent_hugepage" "$root/stub" "$root/opt/mrgc"
touch "$root/sys/kernel/mm/transparent_hugepage/enabled" "$root/etc/fstab"
cp -r "$work/files/." "$root/"
cp -r "$work/stub/." "$root/stub/"
cp "$here"/programs/* "$root/usr/local/sbin/"
ip link set lo up

chroot "$root" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin /bin/bash --norc -c "$commands" 2>&1
