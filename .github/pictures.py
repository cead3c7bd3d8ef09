#!/usr/bin/env python3
"""The pictures of README.md, drawn from the bundled checkpoint; runs from any folder where imgvar is installed.

    python .github/pictures.py    write nbs/images/scene.png (the input of README's first command) and variations.png
"""
from pathlib import Path

from imgvar import ImageVariationPipeline
from imgvar.images import image_grid
from imgvar.presets import preset
from imgvar.scenes import Scene, render_scene

IMAGES = Path(__file__).resolve().parent.parent / "nbs/images"
SCENES = [
    Scene(sky="dusk", ground="water", subject="boat", colour="red", pattern="stripes", count=1, seed=9),
    Scene(sky="day", ground="snow", subject="house", colour="orange", pattern="plain", count=1, seed=5),
    Scene(sky="dawn", ground="lavender", subject="balloon", colour="teal", pattern="stripes", count=1, seed=8),
]
SEEDS = [7, 8, 9, 10]


def row(pipe, scene):
    "A scene and its variations, as the command makes them."
    return [scene, *pipe(scene, num_images_per_prompt=len(SEEDS), guidance_scale=3.0, seed=SEEDS[0], **preset("balanced")).images]


def main():
    IMAGES.mkdir(exist_ok=True)
    pipe = ImageVariationPipeline.bundled()
    pipe.set_progress_bar_config(disable=True)
    inputs = [render_scene(scene) for scene in SCENES]
    rows = [row(pipe, picture) for picture in inputs]
    captions = ["input", *(f"seed {seed}" for seed in SEEDS)] * len(rows)
    inputs[0].save(IMAGES / "scene.png")
    image_grid(sum(rows, []), cols=1 + len(SEEDS), captions=captions, tile=128).save(IMAGES / "variations.png")


if __name__ == "__main__":
    main()
