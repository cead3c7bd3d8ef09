"""Does a built site hold together? Every link within it leads somewhere, nothing is loaded from elsewhere, every picture has words."""
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ELSEWHERE = re.compile(r"""(?:url\(|@import)\s*["']?((?:https?:)?//[^"')\s]+)""")
LOADED = {"img": "src", "script": "src", "link": "href", "source": "src", "iframe": "src", "video": "src"}  # tag -> the attribute that makes a browser fetch


class Read(HTMLParser):
    "What a page links to, loads, and offers as targets."

    def __init__(self, html):
        super().__init__()
        self.links, self.loads, self.ids, self.wordless = [], [], set(), []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.ids |= {given[name] for name in ("id", "name") if given.get(name)}
        if tag == "a" and given.get("href"): self.links.append(given["href"])
        if (url := given.get(LOADED.get(tag))) and given.get("rel") != "canonical": self.loads.append(url)
        self.loads += [given[name].split()[0] for name in ("srcset", "poster") if given.get(name)]
        if tag == "img" and not (given.get("alt") or "").strip(): self.wordless.append((given.get("src") or "")[:80])


def problems(site):
    "A sentence for everything that is wrong in a folder of HTML."
    site = Path(site).resolve()
    pages = {path: Read(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    for path in site.rglob("*.css"):
        yield from (f"{path.relative_to(site).as_posix()} loads {url} from elsewhere" for url in ELSEWHERE.findall(path.read_text(encoding="utf-8")))
    for path, page in pages.items():
        name = path.relative_to(site).as_posix()
        yield from (f"{name}: a picture without words: {source}" for source in page.wordless)
        for url in page.loads + page.links:
            parts = urlsplit(url)
            if parts.scheme == "data": continue
            if parts.scheme or parts.netloc:
                if url in page.loads: yield f"{name} loads {url} from elsewhere"
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.is_file(): yield f"{name} links to {url}, which is not there"
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].ids: yield f"{name} links to {url}, where there is no such place"
