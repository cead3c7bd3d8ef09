#!/usr/bin/env bash
# The documentation site, from the notebooks into _docs/. Runs from any folder; the network is used for nothing but missing packages.
# Takes the active virtual environment, else the checkout's .venv, else makes that.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
if [ -n "${VIRTUAL_ENV:-}" ]; then python=$VIRTUAL_ENV/bin/python; else python=.venv/bin/python; fi
[ -x "$python" ] || python3 -m venv .venv
"$python" -c 'import imgvar, nbdev, sphinx, myst_nb, furo, latex2mathml' 2>/dev/null ||
    "$python" -m pip install -q -e '.[dev,docs]' -c .github/constraints.txt
exec "$python" .github/docs/build.py
