#!/usr/bin/env bash
# Chromium for the browser tests, from Debian's or Ubuntu's packages, unless this machine has one. As root.
set -euo pipefail

for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if path=$(command -v "$name"); then echo "$path"; exit 0; fi
done
if [ "$(id -u)" -ne 0 ]; then echo 'there is no Chromium, and only root can install it: apt-get install chromium' >&2; exit 1; fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -q -y --no-install-recommends chromium fonts-dejavu-core
command -v chromium
