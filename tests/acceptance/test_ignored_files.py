"""What git ignores in a workspace: told apart from the rest, one level at a time, in a container too."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.values.review import FOLDER_LIMIT
from tests.containers import IMAGE
from tests.yard import Yard, docker_settings

pytestmark = pytest.mark.slow
PACKAGES = FOLDER_LIMIT + 500


async def names(yard: Yard, path: str, *, ignored: bool = False) -> dict[str, bool]:
    """The names in a folder, and whether git ignores them."""
    found = await yard.client.files("work", path, ignored=ignored)
    return {node.name: node.ignored for node in found}


async def test_a_folder_of_packages_is_one_name_until_it_is_opened(yard: Yard) -> None:
    repository = yard.repository("repo", {".gitignore": "node_modules/\n*.log\n", "a.py": "a\n"})
    made = await yard.workspace(repository, name="work")
    folder = Path(made.repos[0].path)
    (folder / "node_modules/deep").mkdir(parents=True)
    (folder / "node_modules/deep/inside").write_text("")
    for number in range(PACKAGES):
        (folder / f"node_modules/package-{number:05}").touch()
    (folder / "x.log").write_text("")
    (folder / "new.py").write_text("")
    assert await names(yard, "repo") == {".gitignore": False, "a.py": False, "new.py": False}
    assert await names(yard, "repo", ignored=True) == {
        ".gitignore": False, "a.py": False, "new.py": False, "node_modules": True, "x.log": True,
    }  # fmt: skip
    assert await names(yard, "repo/node_modules") == {}
    listed = await yard.client.files("work", "repo/node_modules", ignored=True)
    assert len(listed) == FOLDER_LIMIT and all(node.ignored for node in listed)
    assert listed[0].name == "deep" and listed[0].folder


@pytest.mark.container
@pytest.mark.usefixtures("docker_engine")
async def test_what_a_container_does_to_its_rules_harms_nobody(yard: Yard, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("*\n")
    repository = yard.repository("repo", {".gitignore": "*.log\n", "a.py": "a\n"})
    made = await yard.workspace(repository, name="work", settings=docker_settings(image=IMAGE))
    folder = Path(made.repos[0].path)
    (folder / "new.py").write_text("")
    (folder / ".gitignore").unlink()
    (folder / ".gitignore").symlink_to(secret)
    assert await names(yard, "repo", ignored=True) == {".gitignore": False, "a.py": False, "new.py": False}
