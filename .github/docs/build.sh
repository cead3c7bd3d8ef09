#!/usr/bin/env bash
# The documentation site, from the notebooks into _docs/. Runs from any folder; the network is used for nothing but missing packages.
# Takes the active environment if it has imgvar, else the checkout's .venv, which it makes if need be.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
export PYTHONPATH=$root${PYTHONPATH:+:$PYTHONPATH}
python=$(command -v python || true)
if [ -z "$python" ] || ! "$python" -c 'import torch, diffusers, nbdev' 2>/dev/null; then python=.venv/bin/python; fi
[ -x "$python" ] || python3 -m venv .venv
"$python" -c 'import torch, diffusers, nbdev, sphinx, myst_nb, furo, ziamath' 2>/dev/null ||
    "$python" -m pip install -q -e '.[dev,docs]' -c .github/constraints.txt
exec "$python" .github/docs/build.py
