"""The tutorial with the explorers in a real JupyterLab, started by `imgvar lab`."""
import io, statistics, time
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from driver import Panel, Server, Watched, is_root, wait_for

TUTORIAL = "guidance_and_steps.ipynb"
SLOWEST = 5  # seconds from a slider's move to the new picture; it takes a tenth of that
IDLE = "() => { const kernel = window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel; return kernel?.status == 'idle' }"
RAN = "() => [...window.jupyterapp.shell.currentWidget.content.widgets].every(cell => cell.model.type != 'code' || cell.model.executionCount && cell.prompt != '*')"
FAILURES = """() => [...window.jupyterapp.shell.currentWidget.content.widgets].filter(cell => cell.model.type == 'code')
    .flatMap(cell => cell.model.outputs.toJSON()).filter(output => output.output_type == 'error').map(output => `${output.ename}: ${output.evalue}`)"""


class Lab:
    "The open tutorial and its panels."

    def __init__(self, browser, server):
        self.server, self.watched = server, Watched(browser, server.url, viewport={"width": 1280, "height": 1000})
        self.page = self.watched.page
        self.guidance, self.steps, self.freeu, self.sweep = (Panel(self.page, index) for index in range(4))

    def open(self):
        self.page.goto(f"{self.server.url}/lab/tree/{TUTORIAL}?token={self.server.token}")
        self.page.wait_for_function(IDLE, timeout=120_000)

    def failures(self): return self.page.evaluate(FAILURES)


@contextmanager
def opened(browser):
    "JupyterLab, with the tutorial open and its kernel up."
    server = Server("lab", "--expose-app-in-browser", "--ServerApp.port_retries=0", *["--allow-root"] * is_root())
    server.command.append(f"--IdentityProvider.token={server.token}")
    with server:
        lab = Lab(browser, server)
        lab.open()
        yield lab


def needs_token(lab):
    "without the token there is no answer"
    answers = {path: lab.server.status(path) for path in ("/lab", "/api/contents", f"/files/{TUTORIAL}")}
    assert set(answers.values()) <= {401, 403}, answers


def runs(lab):
    "all cells run without an error"
    lab.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
    lab.page.wait_for_function(RAN, timeout=300_000)
    lab.page.wait_for_function(IDLE, timeout=60_000)
    assert not lab.failures(), lab.failures()
    for panel in (lab.guidance, lab.steps, lab.freeu, lab.sweep): panel.settle()


def guidance_by_keyboard(lab):
    "the guidance slider, by keyboard, changes the picture, and its way back brings it back"
    before = lab.guidance.settle("guidance_scale=3.0")
    lab.guidance.press("guidance", "ArrowRight", 4)
    assert lab.guidance.settle("guidance_scale=5.0") != before, "the picture did not change"
    lab.guidance.press("guidance", "ArrowLeft", 4)
    assert lab.guidance.settle("guidance_scale=3.0") == before, "the picture did not come back"


def latency(lab):
    "a move of the slider shows the new picture soon"
    lab.guidance.press("guidance", "End")
    times, before = [], lab.guidance.settle("guidance_scale=15.0")
    for _ in range(5):
        start = time.perf_counter()
        lab.guidance.press("guidance", "ArrowLeft")
        before = lab.guidance.changed(before)
        times.append(time.perf_counter() - start)
    assert min(times) < SLOWEST, f"seconds: {times}"
    return f"{statistics.median(times):.2f} s for one picture of 20 steps (median of {len(times)}; fastest {min(times):.2f}, slowest {max(times):.2f})"


def steps_by_mouse(lab):
    "the steps slider, dragged, changes the result, and the walk has as many steps"
    before = lab.steps.settle("num_inference_steps=20")
    lab.steps.drag("steps", 0.0)
    assert lab.steps.settle("num_inference_steps=1,") != before, "the picture did not change"
    lab.steps.drag("steps", 0.3)
    steps = lab.steps.number("steps")
    lab.steps.settle(f"num_inference_steps={steps:.0f},")
    assert 10 < steps < 20 and lab.steps.number("step") == steps, (steps, lab.steps.number("step"))


def walk(lab):
    "the walk through the denoising goes back to the noise, and again to the result"
    pictures = [lab.steps.settle()]
    for key in ("ArrowLeft", "ArrowLeft", "Home"):
        lab.steps.press("step", key)
        pictures.append(lab.steps.changed(pictures[-1]))
    assert lab.steps.number("step") == 1 and len(set(pictures)) == 4, "two steps show the same"
    lab.steps.press("step", "End")
    lab.steps.shows(pictures[0])


def slides_a_sweep(lab):
    "the finished sweep slides, and comes back"
    before = lab.sweep.look()
    lab.sweep.press("guidance", "ArrowRight")
    lab.sweep.changed(before)
    lab.sweep.press("guidance", "ArrowLeft")
    lab.sweep.shows(before)


def upload(lab):
    "a picture of one's own becomes input and output"
    seen, output = lab.guidance.input.evaluate("image => image.src"), lab.guidance.settle()
    lab.guidance.upload({"name": "own.png", "mimeType": "image/png", "buffer": stripes()})
    wait_for(lambda: lab.guidance.input.evaluate("image => image.src") != seen, 10, "the input is still the old one")
    lab.guidance.changed(output)
    lab.guidance.settle()


def stripes():
    "A PNG that nobody has seen."
    picture = Image.effect_mandelbrot((90, 70), (-2, -1.2, 1, 1.2), 60).convert("RGB")
    picture.save(buffer := io.BytesIO(), "PNG")
    return buffer.getvalue()


def bad_upload(lab):
    "a text file named .png is answered with a sentence, and the pictures stay"
    before = lab.guidance.settle()
    lab.guidance.upload({"name": "letter.png", "mimeType": "image/png", "buffer": b"Dear reader, this is no picture.\n"})
    wait_for(lambda: lab.guidance.message.startswith("letter.png cannot be used"), 10, "no message")
    assert lab.guidance.look() == before and not lab.failures()
    assert "Traceback" not in lab.page.locator("body").inner_text() and "\n" not in lab.guidance.message, lab.guidance.message


def cancel(lab):
    "a long run is cancelled at once, and the page goes on"
    before = lab.guidance.settle()
    lab.guidance.press("variations", "End")
    lab.guidance.press("steps", "End")
    wait_for(lambda: lab.guidance.busy, 10, "nothing is computed")
    lab.guidance.button("cancel").click()
    wait_for(lambda: not lab.guidance.busy, SLOWEST, "still computing")
    assert lab.guidance.message.startswith("Cancelled") and lab.guidance.look() == before, lab.guidance.message
    lab.guidance.press("variations", "Home")
    assert lab.guidance.settle("num_inference_steps=50, seed=7, num_images_per_prompt=1)") != before, "the picture did not change"


def quiet(lab):
    "nothing was asked of another site, and nothing of ours went wrong in the console"
    assert not lab.watched.external, lab.watched.external
    assert not lab.watched.errors, "\n".join(lab.watched.errors)


TESTS = [needs_token, runs, guidance_by_keyboard, latency, steps_by_mouse, walk, slides_a_sweep, upload, bad_upload, cancel, quiet]
