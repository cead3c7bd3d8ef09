__version__ = "0.1.0"

from importlib import import_module as _import_module
from pkgutil import iter_modules as _iter_modules
from typing import TYPE_CHECKING as _TYPE_CHECKING

if _TYPE_CHECKING: from imgvar.pipeline import ImageVariationPipeline, VariationOutput

__all__ = ["ImageVariationPipeline", "VariationOutput"]
_home = {name: "pipeline" for name in __all__}  # public name -> the module that defines it


def _modules(): return [m.name for m in _iter_modules(__path__) if not m.name.startswith("_")]


def __getattr__(name):
    "Import a module or a public name when it is first asked for: `import imgvar` alone stays light."
    if name in _home:
        from imgvar.checkpoint import quiet_loading
        with quiet_loading(): value = getattr(_import_module(f"imgvar.{_home[name]}"), name)  # no alarm about torchvision, which is not needed
    elif name in _modules(): value = _import_module(f"imgvar.{name}")
    else: raise AttributeError(f"module 'imgvar' has no attribute {name!r}; it has {', '.join([*__all__, *_modules()])}")
    globals()[name] = value
    return value


def __dir__(): return sorted({*globals(), *__all__, *_modules()})
