#!/usr/bin/env python3
"""What must hold of the repository's files, beyond what the tests see. Standard library only; runs from any folder.

    python .github/checks.py            all checks
    python .github/checks.py NAME…      kernels, modules, sidebar, files
"""
import json, re, subprocess, sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NBS, PKG = ROOT / "nbs", ROOT / "imgvar"
MAX_MB = 15
MACHINE_PATH = re.compile(r"(?<![\w.:/<+=!])/(?:usr|home|root|tmp|var|opt|mnt|srv|work|Users)/[\w.-]+")
REGISTRY = re.compile(r"[-]-(?:extra-)?index-url|[-]-find-links|[-]-trusted-host|pythonhosted[.]org|://[^/\s\"']*/(?:simple|artifactory|nexus)\b")


def tracked():
    "Every file git knows or would take."
    out = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True).stdout
    return [path for name in out.decode().split("\0") if name and (path := ROOT / name).is_file()]


def notebooks():
    "Every notebook of the project with its code."
    for path in sorted(NBS.rglob("*.ipynb")):
        if not any(part.startswith((".", "_")) for part in path.relative_to(NBS).parts):
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            yield path.relative_to(NBS).as_posix(), "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")


def check_kernels():
    "A notebook names its kernel, or Jupyter asks everybody who opens it."
    for name, _ in notebooks():
        metadata = json.loads((NBS / name).read_text(encoding="utf-8"))["metadata"]
        if metadata.get("kernelspec", {}).get("name") != "python3":
            yield f"nbs/{name} does not name the kernel python3 in its metadata"


def check_modules():
    "Each module is made from the one notebook that names it, and each such notebook has made its module."
    made = {}
    for name, source in notebooks():
        for module in re.findall(r"^#\|\s*default_exp\s+(\S+)", source, re.M):
            if module in made:
                yield f"nbs/{name} and nbs/{made[module]} both make imgvar.{module}"
            made[module] = name
    found = {path.relative_to(PKG).with_suffix("").as_posix().replace("/", "."): path for path in PKG.rglob("*.py")}
    generated = {module for module in found if not module.endswith(("__init__", "_modidx"))}
    yield from (f"imgvar.{module} has no notebook" for module in sorted(generated - made.keys()))
    yield from (f"nbs/{made[module]} has not made imgvar.{module}: run nbdev_export" for module in sorted(made.keys() - generated))
    for module in sorted(generated & made.keys()):
        if f"File to edit: ../nbs/{made[module]}." not in found[module].read_text(encoding="utf-8"):
            yield f"imgvar.{module} does not say that it is made from nbs/{made[module]}"


def check_sidebar():
    "The sidebar and the notebooks name each other, and numbers rise."
    listed = re.findall(r"^\s*-\s+(\S+\.ipynb)\s*$", (NBS / "sidebar.yml").read_text(encoding="utf-8"), re.M)
    present = {name for name, _ in notebooks()}
    yield from (f"sidebar.yml lists {name}, which does not exist" for name in listed if name not in present)
    yield from (f"sidebar.yml leaves out {name}" for name in sorted(present - set(listed)))
    yield from (f"sidebar.yml lists {name} {listed.count(name)} times" for name in sorted(set(listed)) if listed.count(name) > 1)
    numbered = [name for name in listed if name[0].isdigit()]
    if numbered != sorted(numbered):
        yield f"sidebar.yml is not in the order of the numbers: {numbered}"


def check_files():
    "No large file, no path of one machine, no package registry of one machine."
    for path in tracked():
        name = path.relative_to(ROOT).as_posix()
        if path.stat().st_size > MAX_MB * 2**20:
            yield f"{name}: {path.stat().st_size / 2**20:.1f} MB (at most {MAX_MB})"
        data = path.read_bytes()
        if b"\0" in data[:8192] or path == Path(__file__).resolve():
            continue
        for number, line in enumerate(data.decode("utf-8").splitlines(), 1):
            if found := MACHINE_PATH.search(line) or REGISTRY.search(line):
                yield f"{name}:{number}: {found[0]}"


CHECKS = {"kernels": check_kernels, "modules": check_modules, "sidebar": check_sidebar, "files": check_files}


def main(names):
    if unknown := set(names) - CHECKS.keys():
        sys.exit(f"no such check: {', '.join(sorted(unknown))}; there are {', '.join(CHECKS)}")
    problems = [f"{name}: {problem}" for name in names or CHECKS for problem in CHECKS[name]()]
    sys.exit("\n".join(problems) if problems else None)


if __name__ == "__main__":
    main(sys.argv[1:])
