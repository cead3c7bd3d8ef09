#!/usr/bin/env python3
"""What a person sees and does, in a real Chromium. Needs the extra `browser` and Chromium (see install.sh); runs from any folder.

    python .github/browser/run.py                    all parts
    python .github/browser/run.py PART…              lab: the tutorial in JupyterLab
                                                     app: the explorers served by Voila
                                                     docs: the built site in _docs/
    python .github/browser/run.py --shots DIR …      leave a picture of the page of each test that fails in DIR

One line a test, and exit status 1 if one fails. Without a browser, or the programs that are tested, it says so and all is well, except where CI=true.
"""
import argparse, importlib, importlib.util, inspect, os, sys, textwrap, time, traceback
from pathlib import Path

from driver import chromium, find_chromium

HERE = Path(__file__).resolve().parent
PARTS = {"lab": ["ipywidgets", "jupyterlab"], "app": ["ipywidgets", "voila"], "docs": []}


def missing(parts):
    "What the machine lacks, in words."
    modules = dict.fromkeys(["playwright"] + [module for part in parts for module in PARTS[part]])
    return [f"{module} (pip install {module})" for module in modules if not importlib.util.find_spec(module)] + ["Chromium (bash .github/browser/install.sh)"] * (not find_chromium())


def attempt(part, test, context, shots):
    "Run one test, and print how it went; its name is its docstring."
    start, name = time.perf_counter(), inspect.getdoc(test).splitlines()[0]
    try: note, problem = test(context), ""
    except Exception as error: note, problem = "", explain(error)
    print(f"{'FAIL' if problem else 'ok  '}  {part}: {name} ({time.perf_counter() - start:.1f} s)" + f" {note}" * bool(note), flush=True)
    if problem:
        print(problem, flush=True)
        if shots: shoot(context, shots / f"{part}-{test.__name__}.png")
    return bool(problem)


def explain(error):
    "What went wrong, and the lines of the tests where it did."
    here = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).parent == HERE]
    return textwrap.indent(f"{type(error).__name__}: {error}\n" + "".join(traceback.format_list(here[1:])), " " * 6).rstrip()


def shoot(context, path):
    "A picture of the page as the test has left it."
    path.parent.mkdir(parents=True, exist_ok=True)
    try: context.page.screenshot(path=path, full_page=True)
    except Exception as error: print(f"      no picture of the page: {error}")


def run(part, browser, shots):
    "All tests of a part; returns how many failed."
    module, start = importlib.import_module(part), time.perf_counter()
    try:
        with module.opened(browser) as context: return sum([attempt(part, test, context, shots) for test in module.TESTS])
    except Exception as error:
        print(f"FAIL  {part}: it opens ({time.perf_counter() - start:.1f} s)\n{explain(error)}", flush=True)
        return 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--shots", type=Path, metavar="DIR")
    args = parser.parse_args()
    parts = args.parts or list(PARTS)
    if lacking := missing(parts):
        print(f"{'FAIL' if os.environ.get('CI') == 'true' else 'skip'}  browser tests: this machine has no {', no '.join(lacking)}")
        sys.exit(os.environ.get("CI") == "true")
    with chromium() as browser: failed = sum([run(part, browser, args.shots) for part in parts])
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
