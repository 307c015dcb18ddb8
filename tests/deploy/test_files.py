"""What a checkout is set up from: pinned, without the address of any registry, and free of this machine's own."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ADDRESS = re.compile(r"https?://(?!127\.0\.0\.1|localhost)")


@pytest.mark.parametrize("name", ["requirements.txt", "requirements.in", "package.json", "package-lock.json", ".npmrc"])
def test_no_registry_is_named(name: str) -> None:
    assert not ADDRESS.search((ROOT / name).read_text())


def test_every_python_package_is_pinned_with_its_digest() -> None:
    text = re.sub(r"^#.*\n", "", (ROOT / "requirements.txt").read_text(), flags=re.MULTILINE)
    packages = [line.replace("\\\n", " ") for line in re.split(r"\n(?=\S)", text) if line.strip()]

    assert len(packages) > 50
    for package in packages:
        assert re.match(r"[\w.-]+(\[[\w,-]+\])?==[\w.+!]+ ", package), package.split()[0]
        assert "--hash=sha256:" in package, package.split()[0]


def test_every_requirement_is_in_the_lock() -> None:
    def plain(name: str) -> str:
        return re.sub(r"[-_.]+", "-", re.split(r"[=\[<> ]", name)[0].lower())

    locked = {plain(line) for line in (ROOT / "requirements.txt").read_text().splitlines() if "==" in line}
    wanted = {plain(line) for line in (ROOT / "requirements.in").read_text().split()}

    assert wanted - locked == set()


def test_every_page_asset_is_pinned_with_its_digest() -> None:
    packages: dict[str, Any] = json.loads((ROOT / "package-lock.json").read_text())["packages"]

    assert all("integrity" in package for name, package in packages.items() if name)


@pytest.mark.parametrize("kept_out", [".venv", ".local", ".git", "node_modules", "build"])
def test_an_image_gets_nothing_of_this_machine(kept_out: str) -> None:
    assert kept_out in (ROOT / ".dockerignore").read_text().split("\n")


def test_publiccode_says_what_the_project_says() -> None:
    said = yaml.safe_load((ROOT / "publiccode.yml").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert said["legal"]["license"] == project["license"]
    assert said["description"]["en"]["shortDescription"].rstrip(".") == project["description"]
    for language in said["description"].values():
        # publiccode.yml 0.4, descriptions.
        assert len(language["shortDescription"]) <= 150
        assert 150 <= len(language["longDescription"]) <= 10_000
        assert language["features"]
        assert all(len(feature) <= 100 for feature in language["features"])
    languages = {file.stem for file in (ROOT / "services" / "gateway" / "locale").glob("*.po")}
    assert languages == set(said["localisation"]["availableLanguages"])


def test_the_readmes_commands_are_there() -> None:
    makefile = (ROOT / "Makefile").read_text()

    for name in re.findall(r"^ {4}make ([\w-]+)", (ROOT / "README.md").read_text(), flags=re.MULTILINE):
        assert re.search(rf"^{name}:", makefile, flags=re.MULTILINE), name


def test_the_readmes_links_lead_somewhere() -> None:
    links = re.findall(r"\]\(((?!http)[^)#]+)", (ROOT / "README.md").read_text())

    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
