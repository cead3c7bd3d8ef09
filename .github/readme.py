#!/usr/bin/env python3
"""README.md from nbs/index.ipynb, without Quarto. Standard library only; runs from any folder.

    python .github/readme.py                  write README.md
    python .github/readme.py --check          exit 1 and show the difference if README.md is not what it would write
    python .github/readme.py --command vary   print the shell command that README.md marks <!-- command: vary -->
"""
import argparse, difflib, json, re, sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INDEX, README = ROOT / "nbs/index.ipynb", ROOT / "README.md"
NOTE = "<!-- Made from nbs/index.ipynb by .github/readme.py: edit the notebook. -->"
DIRECTIVE = re.compile(r"^#\|[ \t]*(.*?)[ \t]*$\n?", re.M)
LINK = re.compile(r"""(\]\(|\bsrc=["']|\bhref=["'])(?!#|/|[a-z][a-z0-9+.-]*:)([^)"'\s]+)""")
FENCE = re.compile(r"^(```.*?^```[ \t]*)$", re.M | re.S)
HIDDEN = {"hide", "include: false", "readme: false"}  # the last: for the site alone, such as what can be slid there


def text(field):
    "A notebook's text is a string or a list of lines."
    return field if isinstance(field, str) else "".join(field)


def from_root(target):
    "A link that holds in nbs/, as it holds in the repository's root; a broken one stops everything."
    path = (INDEX.parent / target.partition("#")[0]).resolve()
    if not path.exists():
        sys.exit(f"{INDEX.name} links to {target}, which does not exist")
    return path.relative_to(ROOT).as_posix() + target[len(target.partition("#")[0]):]


def markdown(source):
    "The text with its links mended, fenced code left alone."
    parts = FENCE.split(source)
    parts[::2] = [LINK.sub(lambda m: m[1] + from_root(m[2]), part) for part in parts[::2]]
    return "".join(parts)


def output(out):
    "The text of one output; a picture must be a committed file that a markdown cell shows."
    if out["output_type"] == "stream":
        return text(out["text"])
    data = out.get("data", {})
    if pictures := [mime for mime in data if mime.startswith("image/")]:
        sys.exit(f"{INDEX.name} stores a picture ({pictures[0]}) in an output: save it under nbs/images and link to it")
    return text(data.get("text/plain", ""))


def code(cell):
    "The source and the outputs, each in its fence, as the cell's directives ask."
    source = text(cell["source"])
    flags = set(DIRECTIVE.findall(source))
    parts = [] if "echo: false" in flags else ["```python\n" + DIRECTIVE.sub("", source).strip("\n") + "\n```"]
    outputs = "" if "output: false" in flags else "".join(map(output, cell["outputs"])).strip("\n")
    return "\n\n".join(parts + [f"```text\n{outputs}\n```"] * bool(outputs))


def shown(cell):
    "Raw cells (front matter) and hidden cells stay out."
    return cell["cell_type"] != "raw" and not HIDDEN & set(DIRECTIVE.findall(text(cell["source"])))


def render():
    "The whole of README.md."
    cells = filter(shown, json.loads(INDEX.read_text(encoding="utf-8"))["cells"])
    parts = [markdown(text(c["source"])) if c["cell_type"] == "markdown" else code(c) for c in cells]
    return "\n\n".join([NOTE] + [part.strip("\n") for part in parts if part.strip()]) + "\n"


def command(name):
    "The shell command marked with this name in README.md."
    pattern = rf"^<!-- command: {re.escape(name)} -->\s*```sh\n(.*?)\n```$"
    found = re.findall(pattern, README.read_text(encoding="utf-8"), re.M | re.S)
    if len(found) != 1:
        sys.exit(f"README.md marks {len(found)} commands as {name!r}; one is needed")
    return found[0]


def check():
    "Exit 1 with the difference unless README.md is up to date."
    diff = difflib.unified_diff(README.read_text(encoding="utf-8").splitlines(), render().splitlines(), "README.md", "nbs/index.ipynb", lineterm="")
    if lines := list(diff):
        sys.exit("\n".join(lines + ["README.md is out of date: run python .github/readme.py"]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--command", metavar="NAME")
    args = parser.parse_args()
    if args.command:
        print(command(args.command))
    elif args.check:
        check()
    else:
        README.write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main()
