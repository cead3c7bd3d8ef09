"""A notebook of nbs/ as a page for Sphinx: what is hidden left out, what is exported documented, links made to hold on the site."""
import ast, importlib, inspect, posixpath, re
from functools import cached_property
from pathlib import PurePosixPath

import yaml
from entries import entry

HEAD = re.compile(r"\A(?:#\|.*\n?)+")  # the directives at the head of a cell
DIRECTIVE = re.compile(r"^#\|[ \t]*([\w-]+)[ \t]*:?[ \t]*(.*?)[ \t]*$", re.M)
LINK = re.compile(r"(!?\[[^\]]*\]\()(?!#|/|[a-z][a-z0-9+.-]*:)([^)\s#]*)(#[^)\s]*)?(\))")
OPAQUE = re.compile(r"(^```.*?^```[ \t]*$|\$\$.*?\$\$|!?\[[^\]]*\]\([^)]*\)|^#[^\n]*$|<[^>\n]+>)", re.M | re.S)  # no symbol is linked in these
SYMBOL = re.compile(r"`([A-Za-z_][\w.]*)(\(\))?`")
UNRUN = ("slow", "cuda", "notest")  # cells with these flags are not run when the notebooks are
PICTURES = ("image/png", "image/jpeg")


def text(field):
    "A notebook's text is a string or a list of lines."
    return field if isinstance(field, str) else "".join(field)


def markdown(source):
    "A markdown cell."
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def page_name(source):
    "tutorials/first_variation.ipynb stays; 04_guidance.ipynb becomes guidance.ipynb."
    path = PurePosixPath(source)
    return (path.parent / re.sub(r"^\d+_", "", path.name)).as_posix()


def directives(source):
    "The `#| key: value` lines of a cell; a flag has the value None."
    head = HEAD.match(source)
    return {key: yaml.safe_load(value) if value else None for key, value in DIRECTIVE.findall(head[0])} if head else {}


def module_of(notebook):
    "The module that a notebook makes, or None."
    found = [re.search(r"^#\|\s*default_exp\s+(\S+)", text(cell["source"]), re.M) for cell in notebook["cells"]]
    return next((match[1] for match in found if match), None)


def label(module, name):
    "The target of a link to a symbol; case does not count in one, so constants are set apart."
    return f"{'constant' if name.isupper() else 'api'}-{module}-{name}".lower().replace("_", "-").replace(".", "-")


def methods(cls):
    "What a class defines itself and documents, beside its fields."
    own = {name: value for name, value in vars(cls).items() if not name.startswith("_") or name == "__call__"}
    return [name for name, value in own.items() if inspect.getdoc(getattr(value, "__func__", value)) and (inspect.isroutine(value) or isinstance(value, (property, cached_property, classmethod, staticmethod)))]


def symbols(module):
    "Public name -> label, methods as Class.method."
    loaded, found = importlib.import_module(f"imgvar.{module}"), {}
    for name in loaded.__all__:
        found[name] = label(module, name)
        if inspect.isclass(value := getattr(loaded, name)) and value.__module__ == loaded.__name__:
            found |= {f"{name}.{method}": label(module, f"{name}.{method}") for method in methods(value)}
    return found


def find(module, name):
    "The object that a public name means; a property itself, not its value."
    value = importlib.import_module(f"imgvar.{module}")
    for part in name.split("."):
        static = inspect.getattr_static(value, part)
        value = static if isinstance(static, property) else getattr(value, part)
    return value


class Page:
    "One notebook on its way to a page."

    def __init__(self, source, notebook, site):
        self.source, self.notebook, self.site = source, notebook, site
        self.module, self.documented = module_of(notebook), set()

    def link(self, match):
        "A relative link as it holds on the site: to a page, a copied picture, or the repository."
        before, target, anchor, after = match.groups()
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.source), target))
        if path.startswith(".."): return f"{before}{self.site.repository}/blob/main/{path.removeprefix('../')}{anchor or ''}{after}"
        if path in self.site.sources: path = page_name(path)
        return f"{before}{posixpath.relpath(path, posixpath.dirname(self.source) or '.')}{anchor or ''}{after}"

    def symbol(self, match):
        "`name` as a link to its entry, if it is a public symbol."
        name = match[1].removeprefix("imgvar.")
        target = self.site.find(name, self.module)
        return f"[`{match[1]}{match[2] or ''}`](#{target})" if target else match[0]

    def prose(self, source):
        "Markdown with its links."
        parts = OPAQUE.split(source)
        parts[::2] = [SYMBOL.sub(self.symbol, part) for part in parts[::2]]
        parts[1::2] = [part if part.startswith("```") else LINK.sub(self.link, part) for part in parts[1::2]]
        return "".join(parts)

    def exported(self, cell, source):
        "The entries of a cell's public symbols, then its source, folded; constants are shown as they stand."
        names = [node.name for node in ast.parse(source).body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
        known = self.site.symbols.get(self.module, {})
        public = [name for name in names if name in known]
        constants = [name for name in known if re.search(rf"^(?:[\w, ]+, )?{re.escape(name)}\b[^=(\n]*=(?!=)", source, re.M) and name not in names]
        self.documented |= {*public, *constants}
        yield from (markdown(f"({known[name]})=") for name in constants)
        for name in public:
            yield markdown(self.entry(name, 3))
            yield from (markdown(self.entry(method, 4)) for method in known if method.startswith(f"{name}."))
        prompt = f"Source of {', '.join(names)}" if names else "Imports" if source.startswith(("import", "from")) else "Source"
        cell["metadata"] = {"tags": ["hide-input"], "mystnb": {"code_prompt_show": f"▸ {prompt}", "code_prompt_hide": f"▾ {prompt}"}}
        if constants and not names: cell["metadata"] = {}
        yield cell

    def entry(self, name, level):
        "A symbol of the reference: a heading that can be linked to, and what there is to know of it, with links."
        return f"({label(self.module, name)})=\n{'#' * level} `{name}`\n\n" + self.prose(entry(find(self.module, name)))

    def figure(self, cell, options):
        "Caption and alternative text of a cell's picture."
        pictures = [output for output in cell["outputs"] if set(PICTURES) & set(output.get("data", {}))]
        caption = " ".join(str(options.get("fig-cap") or "").split())
        words = caption or " ".join(str(options.get("fig-alt") or "").split())
        if pictures and not words: raise ValueError(f"nbs/{self.source}: the picture of this cell has neither fig-cap nor fig-alt:\n{cell['source']}")
        shown = {"image": {"alt": re.sub(r"[`*$]", "", words)}}
        if caption and len(pictures) == 1: shown["figure"] = {"caption": self.prose(caption)}
        return {"mystnb": shown} if pictures else {}

    def code(self, cell):
        "A code cell as the page shows it."
        source = text(cell["source"])
        options = directives(source)
        if "hide" in options or "default_exp" in options or options.get("include") is False: return
        cell = {**cell, "source": HEAD.sub("", source).strip("\n"), "metadata": {}, "execution_count": None}
        if {"export", "exports", "exporti"} & options.keys():
            if not cell["source"].startswith("if __name__"): yield from self.exported(cell, cell["source"])
            return
        cell["metadata"] = self.figure(cell, options)
        if options.get("echo") is False: cell["metadata"]["tags"] = ["remove-input"]
        yield cell
        flags = [flag for flag in UNRUN if flag in options] + ["eval: false"] * (options.get("eval") is False)
        if flags and not cell["outputs"]: yield markdown("*Not run when this page was made.*")

    def cells(self):
        "All cells of the page."
        for cell in self.notebook["cells"]:
            if cell["cell_type"] == "markdown": yield markdown(self.prose(text(cell["source"])))
            elif cell["cell_type"] == "code": yield from self.code(cell)

    def render(self):
        "The notebook that Sphinx reads."
        cells = [{**cell, "id": f"c{k:04d}"} for k, cell in enumerate(self.cells())]
        if missing := sorted(self.site.symbols.get(self.module, {}).keys() - self.documented - {name for name in self.site.symbols.get(self.module, {}) if "." in name}):
            raise ValueError(f"nbs/{self.source} does not show {', '.join(missing)} of imgvar.{self.module}.__all__")
        return {"cells": cells, "metadata": self.notebook["metadata"] | {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}, "nbformat": 4, "nbformat_minor": 5}
