"""The same tutorial as a page of its own, served by `imgvar app` with Voila."""
import re
from contextlib import contextmanager

from driver import Panel, Server, Watched, wait_for

ICONS = "https://cdn.jsdelivr.net/npm/@fortawesome/"  # Voila's page asks for them, and does without: here it gets none


class App:
    "The served page and its first panel."

    def __init__(self, browser, server):
        self.server, self.watched = server, Watched(browser, server.url, viewport={"width": 1280, "height": 1000})
        self.page = self.watched.page
        self.guidance = Panel(self.page, 0)


@contextmanager
def opened(browser):
    "The server; the page is opened by the first test, as it runs the notebook."
    with Server("app") as server: yield App(browser, server)


def needs_token(app):
    "without the token the page is refused"
    answers = {path: app.server.status(path) for path in ("/", "/api/kernels", "/voila/files/guidance_and_steps.ipynb")}
    assert set(answers.values()) <= {401, 403}, answers


def shows(app):
    "with the token that is printed, the first explorer shows its picture, and no code"
    address = wait_for(lambda: re.search(r"http://\S+\?token=\w+", app.server.log), 30, "no address with a token is printed")[0]
    app.page.goto(address, timeout=300_000)
    app.guidance.output.wait_for(timeout=300_000)
    app.guidance.settle("guidance_scale=3.0")
    assert "GuidanceExplorer(pipe" not in app.page.locator("body").inner_text()


def slides(app):
    "its slider changes the picture, and its way back brings it back"
    before = app.guidance.settle("guidance_scale=3.0")
    app.guidance.press("guidance", "ArrowRight", 3)
    assert app.guidance.settle("guidance_scale=4.5") != before, "the picture did not change"
    app.guidance.press("guidance", "ArrowLeft", 3)
    assert app.guidance.settle("guidance_scale=3.0") == before, "the picture did not come back"


def quiet(app):
    "nothing but Voila's icons was asked of another site, and nothing went wrong in the console"
    ours = lambda found: [what for what in found if ICONS not in what]
    assert not ours(app.watched.external), ours(app.watched.external)
    assert not ours(app.watched.errors), "\n".join(ours(app.watched.errors))


TESTS = [needs_token, shows, slides, quiet]
