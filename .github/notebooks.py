#!/usr/bin/env python3
"""The notebooks' stored outputs: made, and checked to be true. Needs the extra `dev`; runs from any folder.

    python .github/notebooks.py run NB…              execute these notebooks in place
    python .github/notebooks.py check [NB…]          execute them (default: all), change nothing, and compare with what they store
    python .github/notebooks.py check --keep DIR …   leave the fresh notebooks, and the pictures that differ, in DIR

Not executed, with their outputs left alone: cells flagged `#| eval: false` or with one of `tst_flags` in settings.ini.
A cell flagged `#| varies` shows what depends on the machine (seconds, memory): of its outputs only number and kinds are compared.
Numbers may differ by RTOL of their size or by ATOL, whole numbers not at all. Pictures may differ by MEAN grey levels (of 255),
and no patch of PATCH × PATCH pixels by more than LOCAL: the one sees a wrong colour, the other a point that has moved.
"""
import argparse, atexit, base64, configparser, difflib, io, itertools, json, math, multiprocessing, os, re, sys, tempfile, textwrap, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
NBS = ROOT / "nbs"
RTOL, ATOL = 2e-3, 1e-5
MEAN, LOCAL, PATCH = 1.0, 16.0, 16
SHOWN = 40  # lines of a difference
DIRECTIVE = re.compile(r"^#\|[ \t]*(.*?)[ \t]*$", re.M)
NUMBER = re.compile(r"(?<![\w.])([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?!\w)")
EMBEDDED = re.compile(r"data:image/[\w.+-]+;base64,([A-Za-z0-9+/=\s]+)")
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
WIDGET = "application/vnd.jupyter.widget-view+json"


# Notebooks as files

def text(field):
    "A notebook's text is a string or a list of lines."
    return field if isinstance(field, str) else "".join(field)


def read(path):
    return json.loads(Path(path).read_text(encoding="utf-8"))


def write(notebook, path):
    "As Jupyter and nbdev_clean write it."
    Path(path).write_text(json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")


def flags(cell):
    return set(DIRECTIVE.findall(text(cell["source"])))


def skipped():
    "The flags of cells that are not executed: those nbdev_test skips."
    settings = configparser.ConfigParser(interpolation=None)
    settings.read(ROOT / "settings.ini", encoding="utf-8")
    return {"eval: false", *settings["DEFAULT"]["tst_flags"].split()}


def executed(notebook):
    "The code cells that are executed; the call that exports the module is not one of them."
    cells = (c for c in notebook["cells"] if c["cell_type"] == "code")
    return [c for c in cells if not flags(c) & skipped() and "nbdev_export()" not in text(c["source"])]


def notebooks():
    "Every notebook of the project."
    return [p for p in sorted(NBS.rglob("*.ipynb")) if not any(part.startswith((".", "_")) for part in p.relative_to(NBS).parts)]


def name(path):
    "A short name for messages."
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)


# Executing

def tidy(out):
    "One output as it is stored: without counts, metadata, live widgets, addresses, or the same picture twice."
    out = {k: v for k, v in out.items() if k not in ("metadata", "execution_count")}
    if out["output_type"] == "stream":
        return out | {"text": text(out["text"]).splitlines(keepends=True)}
    data = {k: v for k, v in out["data"].items() if k != WIDGET and (k != "image/jpeg" or "image/png" not in out["data"])}
    data = {k: ADDRESS.sub("", text(v)).splitlines(keepends=True) if k.startswith("text/") else v for k, v in data.items()}
    count = {"execution_count": None} if out["output_type"] == "execute_result" else {}
    return out | {"data": data, "metadata": {}} | count


def stored(outs):
    "The outputs worth storing: warnings and progress bars are not, nor a live widget without another form."
    kept = (tidy(out) for out in outs if out.get("name") != "stderr")
    return [out for out in kept if out.get("data", True)]


def execute(source, target):
    "Execute one notebook in this process and write it, with fresh outputs, to `target`; exit 1 at the first error."
    from execnb.shell import CaptureShell
    notebook = read(source)
    shell = CaptureShell(path=source.parent, mpl_format="png")
    for cell in executed(notebook):
        outs = shell.run(text(cell["source"]))
        if shell.exc:
            sys.exit(f"cell {cell['id']}:\n{text(cell['source'])}\n\n" + "".join(text(o["traceback"]) for o in outs if "traceback" in o))
        sys.stderr.writelines(text(o["text"]) for o in outs if o.get("name") == "stderr")
        cell["outputs"], cell["execution_count"] = stored(outs), None
    notebook["metadata"].pop("widgets", None)
    write(notebook, target)


def execute_quietly(source, target, log):
    "As `execute`, in the notebook's folder, with all that is said in the file `log`; this is what a process of its own does."
    with open(log, "wb", buffering=0) as said:
        for stream in (1, 2):
            os.dup2(said.fileno(), stream)
    os.chdir(source.parent)
    try:
        execute(source, target)
    finally:
        atexit._run_exitfuncs()  # such a process ends without them, and temporary folders would stay


def processes():
    "Whence processes come: copies of one that has imported what is slow, where the system can do that."
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(["imgvar.pipeline", "execnb.shell", "matplotlib.pyplot", "ipywidgets"])
    return context


def fresh(path, folder):
    "The notebook, executed by a process of its own in its own folder; None, with what went wrong, if a cell fails."
    target = folder / path.relative_to(path.anchor)
    target.parent.mkdir(parents=True, exist_ok=True)
    log = target.with_suffix(".log")
    log.touch()
    process = processes().Process(target=execute_quietly, args=(path, target, log))
    process.start()
    process.join()
    return (None if process.exitcode else read(target)), log.read_text(encoding="utf-8", errors="replace")


# Comparing

def close(a, b):
    "Two numbers as they are written: whole ones are equal, others near."
    if a.lstrip("+-").isdigit() and b.lstrip("+-").isdigit():
        return int(a) == int(b)
    return math.isclose(float(a), float(b), rel_tol=RTOL, abs_tol=ATOL)


def same_text(a, b):
    "The same words, and numbers that are close; how columns are padded does not matter."
    a, b = (NUMBER.split(re.sub(r"[ \t]+|-{3,}", " ", s)) for s in (a, b))
    return len(a) == len(b) and a[::2] == b[::2] and all(map(close, a[1::2], b[1::2]))


def pixels(encoded):
    "The pixels of a base64 picture as floats (H, W, 4)."
    with Image.open(io.BytesIO(base64.b64decode(encoded))) as picture:
        return np.asarray(picture.convert("RGBA"), dtype=float)


def distance(a, b):
    "How far two pictures of one size are apart, in grey levels: on average, and in the worst patch."
    gaps = np.abs(a - b).mean(axis=2)
    rows, cols = (np.arange(0, size, PATCH) for size in gaps.shape)
    sums, areas = (np.add.reduceat(np.add.reduceat(x, rows, 0), cols, 1) for x in (gaps, np.ones_like(gaps)))
    return gaps.mean(), (sums / areas).max()


def compare_pictures(a, b):
    "What differs between two base64 pictures, or None."
    a, b = pixels(a), pixels(b)
    if a.shape != b.shape:
        return f"a picture of {a.shape[1]}×{a.shape[0]} pixels is now {b.shape[1]}×{b.shape[0]}"
    mean, local = distance(a, b)
    if mean > MEAN or local > LOCAL:
        return f"a picture differs by {mean:.2f} grey levels (at most {MEAN:g}), in one patch by {local:.1f} (at most {LOCAL:g})"


def short_lines(words):
    "A text in lines that can be read; HTML is broken where its tags meet."
    return [part for line in words.replace("><", ">\n<").splitlines() for part in textwrap.wrap(line, 160, drop_whitespace=False) or [""]]


def compare_texts(a, b):
    "What differs between two texts and the pictures in them; nothing if they agree."
    words = [EMBEDDED.sub("PICTURE", s) for s in (a, b)]
    if not same_text(*words):
        lines = list(difflib.unified_diff(*map(short_lines, words), "stored", "fresh", n=0, lineterm=""))
        yield "\n".join(lines[:SHOWN] + [f"… and {len(lines) - SHOWN} lines more"] * (len(lines) > SHOWN))
    elif a != b:
        yield from filter(None, map(compare_pictures, EMBEDDED.findall(a), EMBEDDED.findall(b)))


def content(out):
    "An output's forms by kind, each as one text."
    data = out.get("data") or {out.get("name", "stdout"): out.get("text", "")}
    return {kind: text(value) if isinstance(value, (str, list)) else json.dumps(value, sort_keys=True) for kind, value in sorted(data.items())}


def compare_cells(old, new):
    "What differs between a cell's stored outputs and its fresh ones."
    a, b = ([(o["output_type"], content(o)) for o in stored(c["outputs"])] for c in (old, new))
    kinds = [[f"{sort} of {', '.join(forms)}" for sort, forms in outs] for outs in (a, b)]
    if kinds[0] != kinds[1]:
        yield f"stored: {'; '.join(kinds[0]) or 'nothing'}\nfresh: {'; '.join(kinds[1]) or 'nothing'}"
    elif "varies" not in flags(old):
        for (_, before), (_, after) in zip(a, b):
            for kind, value in before.items():
                differ = filter(None, [compare_pictures(value, after[kind])]) if kind in ("image/png", "image/jpeg") else compare_texts(value, after[kind])
                yield from (f"{kind}: {what}" for what in differ)


def keep_pictures(old, new, folder):
    "Write the pictures of a cell that differ, the stored one and the fresh one side by side by name."
    folder.mkdir(parents=True, exist_ok=True)
    for which, cell in (("stored", old), ("fresh", new)):
        for index, out in enumerate(cell["outputs"]):
            if picture := out.get("data", {}).get("image/png"):
                (folder / f"{old['id']}-{index}-{which}.png").write_bytes(base64.b64decode(text(picture)))


# The commands

def run(paths):
    "Execute each notebook in place; one with an error stays as it is."
    for path in paths:
        with tempfile.TemporaryDirectory() as folder:
            notebook, said = fresh(path, Path(folder))
        print(said, end="")
        if notebook is None:
            sys.exit(f"{name(path)}: not executed, and not changed")
        write(notebook, path)
        print(f"{name(path)}: executed")


def check_one(path, folder):
    "What differs in one notebook, one text per finding, and the line that sums it up."
    start = time.perf_counter()
    old, (new, said) = read(path), fresh(path, folder)
    if new is None:
        return [said], f"FAIL  {name(path)}: a cell fails"
    pairs = list(zip(executed(old), executed(new)))
    found = {a["id"]: (a, b, list(compare_cells(a, b))) for a, b in pairs}
    for a, b, differ in found.values():
        if differ:
            keep_pictures(a, b, folder / path.stem)
    lines = [f"cell {key}: {text(a['source']).strip().splitlines()[-1]}\n{what}" for key, (a, b, differ) in found.items() for what in differ]
    count, seconds = sum(len(a["outputs"]) for a, b in pairs), time.perf_counter() - start
    return lines, f"{'FAIL' if lines else 'ok  '}  {name(path)}: {count} outputs, {len(lines)} differ ({seconds:.0f} s)"


def check(paths, workers, folder):
    "Execute the notebooks, say what differs from what they store, and return the number of notebooks in which something does."
    failed = 0
    with ThreadPoolExecutor(workers) as pool:
        for lines, summary in pool.map(check_one, paths, itertools.repeat(folder)):
            print(summary, *(re.sub("^", "      ", line.strip("\n"), flags=re.M) for line in lines), sep="\n", flush=True)
            failed += bool(lines)
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=["run", "check"])
    parser.add_argument("paths", nargs="*", type=lambda p: Path(p).resolve(), metavar="NB")
    parser.add_argument("--workers", type=int, default=2, help="notebooks at once (2)")
    parser.add_argument("--keep", type=lambda p: Path(p).resolve(), metavar="DIR", help="leave the fresh notebooks and the pictures that differ there")
    args = parser.parse_args()
    os.environ.update({"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"} | os.environ)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    sys.path.insert(0, str(ROOT))
    if args.command == "run":
        run(args.paths or parser.error("run needs the notebooks to execute"))
    else:
        with tempfile.TemporaryDirectory() as scratch:
            sys.exit(check(args.paths or notebooks(), args.workers, args.keep or Path(scratch)) > 0)


if __name__ == "__main__":
    main()
