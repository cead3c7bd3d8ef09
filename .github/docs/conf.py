"How Sphinx makes the site; build.py copies this beside the pages. Nothing that it makes is fetched from elsewhere."
from docutils import nodes
from latex2mathml.converter import convert

project = html_title = "imgvar"
extensions = ["myst_nb"]
nb_execution_mode = "off"  # the pages show what the notebooks hold
nb_merge_streams = True
nb_ipywidgets_js = {}  # no widget runs here: explorers are shown as pictures, sweeps are plain HTML
myst_enable_extensions = ["dollarmath", "attrs_inline"]
myst_heading_anchors = 4
suppress_warnings = ["myst.header"]  # an entry of the reference may follow the title directly
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["imgvar.css"]
html_favicon = "_static/favicon.svg"
html_copy_source = html_show_sourcelink = False
html_math_renderer = "mathml"
pygments_style, pygments_dark_style = "friendly", "github-dark"


def inline_math(translator, node):
    "An equation in a line, as MathML, which browsers draw by themselves."
    translator.body.append(convert(node.astext()))
    raise nodes.SkipNode


def display_math(translator, node):
    "An equation that stands alone; a wide one scrolls."
    translator.body.append(f'<div class="equation">{convert(node.astext(), display="block")}</div>')
    raise nodes.SkipNode


def setup(app):
    app.add_html_math_renderer("mathml", inline_renderers=(inline_math, None), block_renderers=(display_math, None))
