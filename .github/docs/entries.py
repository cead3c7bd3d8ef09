"""An entry of the reference: what nbdev's `show_doc` tells of a symbol, with types, defaults and comments as the source has them."""
import ast, inspect, io, textwrap, tokenize
from functools import cached_property

from nbdev.showdoc import ShowDocRenderer, show_doc


def parsed(symbol):
    "The definition of a function, property or class, and the comment of each of its lines."
    for inner in ("fget", "func", "__func__"): symbol = getattr(symbol, inner, symbol)  # of properties, cached ones, and methods
    symbol = inspect.unwrap(symbol)
    source = textwrap.dedent(inspect.getsource(symbol))
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return ast.parse(source).body[0], {token.start[0]: token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT}


def plain(node):
    "Code as it is written."
    return ast.unparse(node) if node is not None else ""


def parameters(arguments, comments):
    "(name as in a signature, default, type, comment) of each parameter but self."
    positional = arguments.posonlyargs + arguments.args
    defaults = [None] * (len(positional) - len(arguments.defaults)) + arguments.defaults
    rows = list(zip(positional, defaults)) + list(zip(arguments.kwonlyargs, arguments.kw_defaults))
    named = [(argument.arg, default, argument) for argument, default in rows if argument.arg not in ("self", "cls")]
    if arguments.vararg: named.insert(len([row for row in positional if row.arg not in ("self", "cls")]), (f"*{arguments.vararg.arg}", None, arguments.vararg))
    elif arguments.kwonlyargs: named.insert(len([row for row in positional if row.arg not in ("self", "cls")]), ("*", None, None))
    if arguments.kwarg: named.append((f"**{arguments.kwarg.arg}", None, arguments.kwarg))
    return [(name, plain(default), plain(argument and argument.annotation), comments.get((default or argument).end_lineno, "") if argument else "") for name, default, argument in named]


def fields(node, comments):
    "The same of a class: of its `__init__`, or of its annotated fields."
    init = next((part for part in node.body if isinstance(part, ast.FunctionDef) and part.name == "__init__"), None)
    if init: return parameters(init.args, comments)
    annotated = [part for part in node.body if isinstance(part, ast.AnnAssign) and not part.target.id.startswith("_")]
    return [(part.target.id, plain(part.value), plain(part.annotation), comments.get(part.end_lineno, "")) for part in annotated]


def short(annotation):
    "A type; of Typer's `Annotated[type, …]` the type alone."
    return annotation.removeprefix("Annotated[").partition(", typer")[0] if annotation.startswith("Annotated[") else annotation


def row(name, annotation, comment):
    "A line of the table."
    cells = [f"`` {name} ``" if name != "returns" else "*returns*", f"`{short(annotation)}`" * bool(annotation), comment]
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


class Entry(ShowDocRenderer):
    "For `show_doc`: a line to call it by, what it does, and a table of what goes in and out."
    is_property = False

    def _repr_markdown_(self):
        node, comments = parsed(self.sym)
        is_class = isinstance(node, ast.ClassDef)
        rows = fields(node, comments) if is_class else parameters(node.args, comments)
        call = f"{node.name}({', '.join(name + f'={default}' * bool(default) for name, default, *_ in rows)})"
        if self.is_property: call = f"{node.name}  # a property"
        table = [row(name, annotation, comment) for name, _, annotation, comment in rows if name != "*" and (annotation or comment)]
        if not is_class and node.returns is not None: table.append(row("returns", plain(node.returns), comments.get(node.returns.end_lineno, "")))
        parts = [f"```python\n{'class ' * is_class}{call}\n```", inspect.cleandoc(self.docs or "")]
        if table: parts.append("\n".join(["| | type | meaning |", "|---|---|---|", *table]))
        return "\n\n".join(parts)


def entry(symbol):
    "The Markdown of one symbol, without a heading."
    shown = show_doc(symbol, renderer=Entry)
    shown.is_property = isinstance(symbol, (property, cached_property))  # `show_doc` looks at its function
    return shown._repr_markdown_()
