"""The built site in _docs/, as it is read: from a server, from a folder, in the dark, on a phone."""
import functools, threading
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urldefrag

from driver import ROOT, Watched, pixels, wait_for

SITE = ROOT / "_docs"
PHONE = {"width": 380, "height": 800}
LINKS = "() => [...document.querySelectorAll('a[href], link[href], img[src], script[src]')].map(element => element.href || element.src)"
IDS = "() => [...document.querySelectorAll('[id]')].map(element => element.id)"
UNNAMED = "() => [...document.images].filter(image => !image.getAttribute('alt')?.trim()).map(image => image.outerHTML.slice(0, 120))"
BROKEN = "() => [...document.images].filter(image => image.complete && !image.naturalWidth).map(image => image.src.slice(0, 120))"
WIDE = """() => {  // the page scrolls, or the column that holds the text; formulas, code and tables may scroll on their own
    const roots = [document.documentElement, document.querySelector('.content')].filter(root => root && root.scrollWidth > root.clientWidth);
    const framed = element => { for (let up = element.parentElement; !roots.includes(up); up = up.parentElement) if (!up || getComputedStyle(up).overflowX != 'visible') return true };
    const sticks = element => element.getBoundingClientRect().right > window.innerWidth && !framed(element);
    return roots.length ? [...document.querySelectorAll('article *')].filter(sticks).slice(0, 3).map(element => element.outerHTML.slice(0, 120)).concat('scrolls') : [];
}"""
BRIGHTNESS = """selector => {
    const context = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
    return ['backgroundColor', 'color'].map(kind => {
        context.fillStyle = getComputedStyle(document.querySelector(selector))[kind];
        context.fillRect(0, 0, 1, 1);
        return Math.max(...context.getImageData(0, 0, 1, 1).data.slice(0, 3));
    });
}"""


class Handler(SimpleHTTPRequestHandler):
    def log_message(self, *_): "Say nothing."


class Quietly(ThreadingHTTPServer):
    daemon_threads = True
    def handle_error(self, *_): "A page that is left before all of it has come is no error."


class Docs:
    "The site at its two addresses, and a page to read it in."

    def __init__(self, browser, server):
        self.browser, self.page = browser, None
        self.http, self.file = f"http://127.0.0.1:{server.server_port}", SITE.as_uri()
        self.names = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html") if "_static" not in path.parts)

    def open(self, site):
        "A new page that watches over this site; the old one is closed."
        if self.page: self.page.close()
        watched = Watched(self.browser, site)
        self.page = watched.page
        return watched

    def read(self, site, look=lambda page: None):
        "Open every page; return what `look` sees in each, by name, and what the console said and other sites were asked for."
        watched, seen = self.open(site), {}
        for name in self.names:
            self.page.goto(f"{site}/{name}")
            seen[name] = {"missing pictures": self.page.evaluate(BROKEN), "seen": look(self.page)}
        return seen, {"console": watched.errors, "asked of other sites": watched.external}

    @functools.cached_property
    def survey(self): return self.read(self.http, survey)


def survey(page):
    "All that the tests ask of a page: as it is, in the dark, and on a phone."
    seen = {"links": page.evaluate(LINKS), "ids": set(page.evaluate(IDS)), "unnamed": page.evaluate(UNNAMED)}
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        seen[scheme] = page.evaluate(BRIGHTNESS, "body")
    size = page.viewport_size
    page.set_viewport_size(PHONE)
    seen["wide"] = page.evaluate(WIDE)
    page.set_viewport_size(size)
    return seen


@contextmanager
def opened(browser):
    "The site on a server of its own."
    assert (SITE / "index.html").is_file(), "there is no _docs/index.html: run bash .github/docs/build.sh"
    with Quietly(("127.0.0.1", 0), functools.partial(Handler, directory=SITE)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try: yield Docs(browser, server)
        finally: server.shutdown()


def report(found):
    "Fail with every page that has something wrong."
    assert not (wrong := {name: what for name, what in found.items() if what}), "\n".join(f"{name}: {what}" for name, what in wrong.items())


def seen(docs, what):
    "One thing seen in every page, by the page's name."
    return {name: facts["seen"][what] for name, facts in docs.survey[0].items()}


def quiet(pages, site):
    "No error in the console, no request of another site, no missing picture."
    report({name: facts["missing pictures"] for name, facts in pages.items()} | site)
    return f"{len(pages)} pages"


def quiet_http(docs):
    "over http every page loads without an error or a request of another site"
    return quiet(*docs.survey)


def quiet_file(docs):
    "over file:// every page loads without an error or a request of another site"
    return quiet(*docs.read(docs.file))


def links(docs):
    "every internal link leads to a page, a file or a heading that is there"
    ids = seen(docs, "ids")
    inside = {name: [link.removeprefix(docs.http) for link in found if link.startswith(docs.http)] for name, found in seen(docs, "links").items()}
    report({name: [link for link in dict.fromkeys(found) if not there(link, ids)] for name, found in inside.items()})
    return f"{sum(map(len, inside.values()))} links"


def there(link, ids):
    "Whether a link within the site has its file, and its place in the page."
    path, place = map(unquote, urldefrag(link))
    name = path.partition("?")[0].strip("/") or "index.html"
    return (SITE / name).is_file() and (not place or name not in ids or place in ids[name])


def alt_texts(docs):
    "every picture has an alt text"
    report(seen(docs, "unnamed"))


def dark(docs):
    "in dark mode every page has light letters on a dark ground, and in light mode the reverse"
    unlike = lambda ground, letters: letters - ground < 128 and [f"letters {letters}, ground {ground} (of 255)"]
    report({f"{name}, dark": unlike(*pair) for name, pair in seen(docs, "dark").items()})
    report({f"{name}, light": unlike(*reversed(pair)) for name, pair in seen(docs, "light").items()})


def phone(docs):
    "on a phone no page has to be scrolled sideways"
    report(seen(docs, "wide"))


def slide(docs, site):
    "By keyboard, one frame on and back, in every slider of the landing page's sweep."
    docs.open(site).page.goto(f"{site}/index.html")
    sweep = docs.page.locator(".imgvar-sweep").first
    image = sweep.locator("img:visible").last
    look = lambda: (image.get_attribute("alt"), pixels(image))
    for slider in sweep.locator("input[type=range]").all():
        before, end = look(), slider.input_value() == slider.get_attribute("max")
        there, back = ("ArrowLeft", "ArrowRight") if end else ("ArrowRight", "ArrowLeft")
        slider.press(there)
        assert all(a != b for a, b in zip(before, look())), f"alt text and pixels should both change: {before}, {look()}"
        slider.press(back)
        assert look() == before, "the first frame did not come back"


def slide_http(docs):
    "over http the landing page's sweep slides by keyboard"
    slide(docs, docs.http)


def slide_file(docs):
    "over file:// the landing page's sweep slides by keyboard"
    slide(docs, docs.file)


def search(docs, site):
    "Ask for a word as a reader does, and follow the first answer."
    docs.open(site).page.goto(f"{site}/index.html")
    box = docs.page.locator("input[name=q]").first
    box.fill("folded")
    box.press("Enter")
    answers = docs.page.locator("#search-results li a")
    wait_for(answers.count, 20, "nothing is found")
    answers.first.click()
    docs.page.wait_for_load_state()
    assert "folded" in docs.page.locator("article").inner_text().lower(), docs.page.url
    return Path(docs.page.url.partition("?")[0]).name


def search_http(docs):
    "over http the search finds `folded`"
    return search(docs, docs.http)


def search_file(docs):
    "over file:// the search finds `folded`"
    return search(docs, docs.file)


TESTS = [quiet_http, quiet_file, links, alt_texts, dark, phone, slide_http, slide_file, search_http, search_file]
