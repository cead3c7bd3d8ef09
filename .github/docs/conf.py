"How Sphinx makes the site; build.py copies this beside the pages. Nothing that it makes is fetched from elsewhere."
from xml.etree import ElementTree

import ziafont
import ziamath
from docutils import nodes

project = html_title = "imgvar"
copyright = "2026 onwards, imgvar authors"
extensions = ["myst_nb"]
nb_execution_mode = "off"  # the pages show what the notebooks hold
nb_merge_streams = True
nb_render_markdown_format = "myst"  # tables in outputs
nb_ipywidgets_js = {}  # no widget runs here: explorers are shown as pictures, sweeps are plain HTML
myst_enable_extensions = ["dollarmath", "attrs_inline"]
myst_heading_anchors = 4
suppress_warnings = ["myst.header"]  # an entry of the reference may follow the title directly
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["imgvar.css"]
html_favicon = "_static/favicon.svg"
html_copy_source = html_show_sourcelink = html_use_index = False
html_theme_options = {"navigation_with_keys": False}
numfig = True  # Figure 1, Figure 2, … on each page
html_math_renderer = "svg"
ziafont.config.svg2 = False  # each equation complete in itself
ziafont.config.precision = 2
html_show_search_summary = False  # a summary is fetched, which a browser forbids to pages opened from a file


def equation(latex, inline):
    "An equation drawn with lines, in the colour of the text around it; its source is the alternative text."
    drawn = ziamath.Latex(latex.replace(r"\_", "_"), size=17, inline=inline, color="currentColor")
    svg = drawn.svgxml()
    svg.attrib.update({"role": "img", "aria-label": latex, "style": f"vertical-align:{drawn.getyofst():.2f}px"})
    return ElementTree.tostring(svg, encoding="unicode")


def inline_math(translator, node):
    "An equation in a line."
    translator.body.append(equation(node.astext(), inline=True))
    raise nodes.SkipNode


def display_math(translator, node):
    "An equation that stands alone; a wide one scrolls."
    translator.body.append(f'<div class="equation">{equation(node.astext(), inline=False)}</div>')
    raise nodes.SkipNode


def setup(app):
    "Equations are drawn when the site is built: by default a script from elsewhere would do it when a page is read."
    app.add_html_math_renderer("svg", inline_renderers=(inline_math, None), block_renderers=(display_math, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
