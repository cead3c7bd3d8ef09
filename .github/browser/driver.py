"""Chromium, Jupyter's servers, and panels of explorers as a person uses them: by keyboard, mouse and eye."""
import json, os, secrets, shutil, signal, socket, subprocess, sys, tempfile, time, urllib.error, urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
ALONE = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]  # no other machine has an address
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True},
    "notebook-extension/tracker": {"windowingMode": "none"},  # else cells out of sight are not in the page
    "docmanager-extension/plugin": {"autosave": False},
}
HASH = """async image => {
    try {
        await image.decode();
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
        const context = canvas.getContext('2d');
        context.drawImage(image, 0, 0);
        const hash = await crypto.subtle.digest('SHA-1', context.getImageData(0, 0, canvas.width, canvas.height).data);
        return Array.from(new Uint8Array(hash), byte => byte.toString(16).padStart(2, '0')).join('');
    } catch { return null }
}"""


def find_chromium():
    "The program, or None."
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@contextmanager
def chromium():
    "A browser without a window."
    from playwright.sync_api import sync_playwright
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=QUIET + ALONE)
        try: yield browser
        finally: browser.close()


class Watched:
    "A page of which every error in the console, and every request that leaves its site, is written down."

    def __init__(self, browser, *sites, **options):
        self.page = browser.new_page(**options)
        self.sites, self.errors, self.external = (*sites, "data:", "blob:", "about:"), [], []
        self.page.on("console", lambda message: message.type == "error" and self.errors.append(f"{message.text} ({message.location['url']})"))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self._see(request.url))
        self.page.on("websocket", lambda socket: self._see(socket.url.replace("ws", "http", 1)))

    def _see(self, url):
        if not url.startswith(self.sites): self.external.append(url)


def pixels(image):
    "A hash of what an `<img>` shows. A new picture may come while the old one is being read; then it is read again."
    return wait_for(lambda: image.evaluate(HASH), 5, "no picture can be read")


def wait_for(get, seconds, complaint):
    "What `get` returns as soon as that is true."
    end = time.monotonic() + seconds
    while not (value := get()):
        assert time.monotonic() < end, f"{complaint} (waited {seconds} s)"
        time.sleep(0.02)
    return value


class Panel:
    "One explorer in a page: the controls around its pictures, found by the words beside them."

    def __init__(self, page, index):
        self.page = page
        self.box = page.locator(".widget-vbox:has(.imgvar-output)").nth(index)
        self.output, self.input = self.box.locator("img.imgvar-output"), self.box.locator("img.imgvar-input")

    def control(self, label):
        "The box of a control, by the label beside it."
        return self.box.locator(f'.widget-inline-hbox:has(.widget-label:text-is("{label}"))')

    def handle(self, label):
        handle = self.control(label).locator(".noUi-handle")
        handle.scroll_into_view_if_needed()
        return handle

    def press(self, label, key, times=1):
        "Move a slider by keyboard."
        handle = self.handle(label)
        handle.focus()
        for _ in range(times): handle.press(key)

    def drag(self, label, share):
        "Drag a slider's handle to this share of its way."
        handle = self.handle(label).bounding_box()
        track = self.control(label).locator(".noUi-base").bounding_box()
        x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(track["x"] + track["width"] * share, y, steps=8)
        self.page.mouse.up()

    def number(self, label):
        "What a slider stands at."
        return float(self.handle(label).get_attribute("aria-valuenow"))

    def button(self, name): return self.box.get_by_role("button", name=name)

    def upload(self, file):
        with self.page.expect_file_chooser() as chooser: self.button("picture").click()
        chooser.value.set_files(file)

    @property
    def message(self): return self.box.locator(".imgvar-message").inner_text().strip()

    @property
    def code(self): return self.box.locator("textarea").input_value()

    @property
    def busy(self): return any(button.is_enabled() for button in self.button("cancel").all())

    def look(self): return pixels(self.output)

    def settle(self, call="", seconds=60):
        "Wait until a picture of this call is shown and nothing is computed any more, and look."
        wait_for(lambda: call in self.code, seconds, f"there is no picture of {call}")
        self.page.wait_for_timeout(300)  # the code comes before the picture, and a move before the kernel says that it is busy
        wait_for(lambda: not self.busy, seconds, "still computing")
        return self.look()

    def changed(self, before, seconds=30):
        "The new picture, as soon as it is another than before."
        return wait_for(lambda: (now := self.look()) != before and now, seconds, "the picture did not change")

    def shows(self, picture, seconds=30):
        "Wait until exactly this picture is shown."
        wait_for(lambda: self.look() == picture, seconds, "this picture did not come back")


class Server:
    "A program of Jupyter's, started by imgvar in a folder of its own, with settings of its own."

    def __init__(self, command, *options):
        self.folder = Path(tempfile.mkdtemp(prefix="imgvar-")).resolve()
        self.url = f"http://127.0.0.1:{free_port()}"
        self.token = secrets.token_hex(16)
        for name, settings in SETTINGS.items():
            file = self.folder / "settings/@jupyterlab" / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(settings))
        self.command = [sys.executable, "-m", "imgvar.cli", command, "-o", str(self.work), "--no-browser", f"--port={self.url.rpartition(':')[2]}", *options]

    @property
    def work(self): return self.folder / "work"

    @property
    def log(self): return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def environment(self):
        "Of the server and its kernels: nothing of the user's own settings, and this checkout's imgvar."
        places = {"JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces", "JUPYTER_RUNTIME_DIR": "runtime", "JUPYTER_CONFIG_DIR": "config", "IPYTHONDIR": "ipython"}
        paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        return {"HF_HUB_OFFLINE": "1"} | os.environ | {key: str(self.folder / name) for key, name in places.items()} | {"PYTHONPATH": paths}

    def __enter__(self):
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(self.command, cwd=self.folder, env=self.environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        try: wait_for(self.answers, 120, "the server does not answer")
        except AssertionError as error:
            self.__exit__()
            raise AssertionError(f"{error}:\n{self.said}") from None
        return self

    def answers(self):
        "Whether it is up; a program that has ended will never be."
        assert self.process.poll() is None, f"the server ended with status {self.process.returncode}"
        try: return self.status("/") < 500
        except OSError: return False

    def status(self, path):
        "The status of a plain request without a token; of a redirection it is that of where it leads, and 401 for a login."
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answer: return 401 if "/login?" in answer.url else answer.status
        except urllib.error.HTTPError as error: return error.code

    def __exit__(self, *_):
        "End the server and its kernels, and keep what it said."
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is not None: break
            os.killpg(self.process.pid, number)
            try: self.process.wait(10 if number == signal.SIGTERM else 2)
            except subprocess.TimeoutExpired: continue
        self.said = self.log
        shutil.rmtree(self.folder, ignore_errors=True)


def is_root(): return hasattr(os, "geteuid") and os.geteuid() == 0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
