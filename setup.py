"How to build imgvar. Everything is read from settings.ini: edit that, not this."
from configparser import ConfigParser
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
LICENSES = {"apache2": "Apache-2.0"}
STATUSES = {"1": "1 - Planning", "2": "2 - Pre-Alpha", "3": "3 - Alpha", "4": "4 - Beta", "5": "5 - Production/Stable"}
TUTORIAL = "nbs/tutorials/guidance_and_steps.ipynb"
EXTRA = "_requirements"  # `dev_requirements = …` is the extra `dev`


def read_settings():
    "The one section of settings.ini."
    ini = ConfigParser(delimiters=["="])
    ini.read(ROOT / "settings.ini", encoding="utf-8")
    return ini["DEFAULT"]


def extras(cfg):
    "Each extra with its requirements."
    return {key.removesuffix(EXTRA): value.split() for key, value in cfg.items() if key.endswith(EXTRA)}


class Build(build_py):
    "A package holds the tutorial that `imgvar lab` copies; a clone has it in nbs/."

    def run(self):
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib, lib, "tutorials")
            self.mkpath(str(target))
            self.copy_file(str(ROOT / TUTORIAL), str(target))


cfg = read_settings()
lib = cfg["lib_name"]
setup(
    name=lib,
    version=cfg["version"],
    description=cfg["description"],
    long_description=(ROOT / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    author=cfg["author"],
    author_email=cfg["author_email"],
    url=cfg["git_url"],
    license=LICENSES[cfg["license"]],
    keywords=cfg["keywords"].split(),
    classifiers=[
        f"Development Status :: {STATUSES[cfg['status']]}",
        f"Intended Audience :: {cfg['audience']}",
        f"Natural Language :: {cfg['language']}",
        "Programming Language :: Python :: 3",
    ],
    cmdclass={"build_py": Build},
    packages=find_packages(include=[lib, f"{lib}.*"]),
    package_data={lib: ["bundled/**"]},
    python_requires=f">={cfg['min_python']}",
    install_requires=cfg["requirements"].split(),
    extras_require=extras(cfg),
    entry_points={
        "console_scripts": cfg["console_scripts"].split(),
        "nbdev": [f"{lib}={cfg['lib_path']}._modidx:d"],
    },
    zip_safe=False,
)
