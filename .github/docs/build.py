#!/usr/bin/env python3
"""The documentation site: nbs/ -> _docs/, replaced as a whole when everything is right. Called by build.sh.

Pages and their order are those of nbs/sidebar.yml. Any warning of Sphinx, dead link or public symbol without an entry ends the build with status 1."""
import json, shutil, sys, time
from configparser import ConfigParser
from pathlib import Path

import yaml
from sphinx.cmd.build import main as sphinx_build

from links import problems
from pages import Page, markdown, module_of, page_name, symbols

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
NBS, WORK, SITE = ROOT / "nbs", ROOT / "_sphinx", ROOT / "_docs"
UNLINKED = {"cli"}  # its names are everyday words: `train`, `scenes`, `app`


class Site:
    "What the pages must know of each other."

    def __init__(self):
        self.sections = sidebar()
        self.sources = {"index.ipynb": None} | {source: None for _, entries in self.sections for source in entries}
        self.notebooks = {source: json.loads((NBS / source).read_text(encoding="utf-8")) for source in self.sources}
        self.symbols = {module: symbols(module) for notebook in self.notebooks.values() if (module := module_of(notebook))}
        config = ConfigParser(delimiters=["="], interpolation=None)
        config.read(ROOT / "settings.ini", encoding="utf-8")
        self.repository = config["DEFAULT"]["git_url"]

    def find(self, name, module):
        "The label of a symbol: that of the same page, else the only one there is."
        if label := self.symbols.get(module, {}).get(name): return label
        found = [known[name] for home, known in self.symbols.items() if name in known and home not in UNLINKED]
        found += [known[rest] for home, known in self.symbols.items() if name.startswith(f"{home}.") and (rest := name.removeprefix(f"{home}.")) in known]
        return found[0] if len(found) == 1 else None


def sidebar():
    "[(section or None, [notebooks])], in order, without the landing page."
    entries = yaml.safe_load((NBS / "sidebar.yml").read_text(encoding="utf-8"))["website"]["sidebar"]["contents"]
    return [(None, [entry]) if isinstance(entry, str) else (entry["section"], entry["contents"]) for entry in entries if entry != "index.ipynb"]


def contents(section, entries):
    "A part of the sidebar."
    caption = f":caption: {section}\n" if section else ""
    return markdown("```{toctree}\n:hidden:\n" + caption + "\n" + "\n".join(page_name(source).removesuffix(".ipynb") for source in entries) + "\n```")


def write_sources(folder):
    "The pages, pictures and settings that Sphinx reads."
    site = Site()
    for source, notebook in site.notebooks.items():
        page = Page(source, notebook, site).render()
        if source == "index.ipynb": page["cells"] += [{**contents(*section), "id": f"toc{k}"} for k, section in enumerate(site.sections)]
        target = folder / page_name(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(page), encoding="utf-8")
    shutil.copytree(NBS / "images", folder / "images")
    shutil.copy(HERE / "conf.py", folder)
    (folder / "_static").mkdir()
    for name in ("imgvar.css", "favicon.svg"): shutil.copy(HERE / name, folder / "_static")
    return site


def build():
    "The site in WORK/html, or an end with status 1."
    try: site = write_sources(WORK / "source")
    except ValueError as error: sys.exit(f"the site was not built: {error}")
    if sphinx_build(["-q", "-W", "--keep-going", "-j", "auto", "-b", "html", "-d", str(WORK / "doctrees"), str(WORK / "source"), str(WORK / "html")]):
        sys.exit("the site was not built: see the warnings above")
    if wrong := list(problems(WORK / "html")): sys.exit("\n".join(["the site was not built:", *wrong]))
    return site


def main():
    start = time.perf_counter()
    shutil.rmtree(WORK, ignore_errors=True)
    (WORK / "source").mkdir(parents=True)
    try:
        site = build()
        shutil.rmtree(WORK / "html/_sources", ignore_errors=True)  # empty
        shutil.rmtree(SITE, ignore_errors=True)
        (WORK / "html").rename(SITE)
    finally: shutil.rmtree(WORK, ignore_errors=True)
    size = sum(path.stat().st_size for path in SITE.rglob("*") if path.is_file())
    print(f"{len(site.sources)} pages, {size / 1e6:.1f} MB, in {time.perf_counter() - start:.0f} s: {SITE.relative_to(ROOT)}/index.html")


if __name__ == "__main__":
    main()
