"""A repository's own `.boatyard.toml`: told, and used only while its very content is trusted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.errors import ConfigError, ConflictError, NotFoundError, UsageError
from core.lifecycle.own_file import NAME, SIZE_LIMIT, parse_own_file
from core.values.entities import Workspace
from core.values.events import Noticed
from core.values.requests import (
    ArchiveWorkspace,
    DevServerRequest,
    TrustOwnFile,
    UpdateFromTarget,
    UpdateProjectRepo,
    UpdateRepo,
    WantedSettings,
)
from core.values.states import RunnerKind
from tests.yard import Yard, git

FILE = """
image = "debian:12"
ports = [8080]
copy_files = ["local.env"]
[scripts]
setup = "echo by-the-file > ran; touch $CANARY"
dev_server = "echo serving; sleep 600"
"""


@pytest.fixture
def canary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the file's script would make outside of the workspace."""
    monkeypatch.setenv("CANARY", str(tmp_path / "canary"))
    return tmp_path / "canary"


def commit(folder: Path, text: str | bytes) -> None:
    (folder / NAME).write_bytes(text if isinstance(text, bytes) else text.encode())
    git(folder, "add", "-f", NAME)
    git(folder, "commit", "-q", "-m", "its own settings")


def repository(yard: Yard, text: str | bytes = FILE) -> Path:
    folder = yard.repository()
    (folder / "local.env").write_text("A=1\n")
    (folder / ".git" / "info" / "exclude").write_text("local.env\n")
    commit(folder, text)
    return folder


async def trust(yard: Yard, branch: str = "") -> None:
    seen = await yard.client.own_file("repo", branch)
    assert (await yard.client.trust_own_file("repo", TrustOwnFile(digest=seen.digest, branch=branch))).trusted


def file_of(workspace: Workspace, name: str) -> Path:
    return Path(workspace.repos[0].path) / name


async def test_one_that_is_not_trusted_runs_nothing_and_says_so(yard: Yard, canary: Path) -> None:
    folder = repository(yard)
    async with yard.watch() as watch:
        workspace = await yard.workspace(folder)
        told = await watch.until(Noticed)
    for text in (told.notice.text, workspace.notice):
        assert "not trusted" in text and "boatyard repo trust repo" in text
        assert "image debian:12" in text and "setup script" in text
    assert not canary.exists() and not file_of(workspace, "ran").exists()
    assert not file_of(workspace, "local.env").exists()
    assert (workspace.settings.image, [port.inner for port in workspace.ports]) == ("", [])
    with pytest.raises(UsageError, match="dev"):
        await yard.client.start_dev_servers(workspace.name, DevServerRequest())


async def test_one_that_is_trusted_sets_up_what_nobody_else_did(yard: Yard, canary: Path) -> None:
    folder = repository(yard)
    await yard.task("t", folder)
    await trust(yard)
    workspace = await yard.workspace(folder)
    assert "not trusted" not in workspace.notice
    assert canary.exists() and file_of(workspace, "ran").read_text() == "by-the-file\n"
    assert file_of(workspace, "local.env").read_text() == "A=1\n"
    assert workspace.settings.image == "debian:12"
    assert [port.inner for port in workspace.ports] == [8080]
    (server,) = await yard.client.start_dev_servers(workspace.name, DevServerRequest())
    assert server.repo == "repo"


async def test_whatever_changes_in_it_is_not_trusted_any_more(yard: Yard, canary: Path) -> None:
    folder = repository(yard)
    await yard.task("t", folder)
    await trust(yard)
    commit(folder, FILE + "\n")  # a single byte
    assert not (await yard.client.own_file("repo")).trusted
    workspace = await yard.workspace(folder)
    assert "not trusted" in workspace.notice
    assert not canary.exists() and workspace.settings.image == ""
    commit(folder, FILE)
    assert (await yard.client.own_file("repo")).trusted, "what was trusted once still is"


async def test_what_a_sandbox_writes_is_never_read(yard: Yard, canary: Path) -> None:
    folder = yard.repository()
    workspace = await yard.workspace(folder)
    file_of(workspace, NAME).write_text(FILE)
    assert not (await yard.client.own_file("repo")).found
    with pytest.raises(UsageError, match="dev"):
        await yard.client.start_dev_servers(workspace.name, DevServerRequest())
    assert not canary.exists()


async def test_trust_that_is_taken_back_ends_at_once(yard: Yard, canary: Path) -> None:
    folder = repository(yard)
    await yard.task("t", folder)
    await trust(yard)
    workspace = await yard.workspace(folder)
    await yard.client.untrust_own_file("repo")
    with pytest.raises(UsageError, match="dev"):
        await yard.client.start_dev_servers(workspace.name, DevServerRequest())
    canary.unlink()
    await yard.workspace(folder, name="later")
    assert not canary.exists()


async def test_only_what_was_looked_at_is_trusted(yard: Yard) -> None:
    folder = repository(yard)
    await yard.task("t", folder)
    seen = await yard.client.own_file("repo")
    commit(folder, 'image = "other"\n')
    with pytest.raises(ConflictError, match="not what you looked at"):
        await yard.client.trust_own_file("repo", TrustOwnFile(digest=seen.digest))
    assert not (await yard.client.own_file("repo")).trusted


async def test_each_branch_has_its_own(yard: Yard) -> None:
    folder = repository(yard)
    await yard.task("t", folder)
    git(folder, "branch", "old", "HEAD~1")
    assert not (await yard.client.own_file("repo", "old")).found
    with pytest.raises(NotFoundError, match="has no"):
        await yard.client.trust_own_file("repo", TrustOwnFile(digest="0" * 64, branch="old"))
    with pytest.raises(NotFoundError, match="no branch"):
        await yard.client.own_file("repo", "--output=x")


async def test_whatever_the_user_set_goes_before_it(yard: Yard, canary: Path) -> None:
    """Flag, then the project's settings and the repo's, then the file, then `config.toml`."""
    folder = repository(yard)
    await yard.task("t", folder)
    await trust(yard)
    await yard.client.update_repo("repo", UpdateRepo(setup_script="echo by-the-repo > ran"))
    wanted = WantedSettings(runner=RunnerKind.HOST, image="mine:1", ports=(4000,))
    workspace = await yard.workspace(folder, name="first", settings=wanted)
    assert file_of(workspace, "ran").read_text() == "by-the-repo\n"
    assert (workspace.settings.image, [port.inner for port in workspace.ports]) == ("mine:1", [4000])
    body = UpdateProjectRepo(setup_script="echo by-the-project > ran", copy_files=())
    await yard.client.update_project_repo("harbour", "repo", body)
    workspace = await yard.workspace(folder, name="second")
    assert file_of(workspace, "ran").read_text() == "by-the-project\n"
    assert not file_of(workspace, "local.env").exists(), "none, says the project"
    assert not canary.exists()


async def test_it_goes_before_the_users_defaults() -> None:
    async with Yard('[workspace]\nrunner = "host"\nimage = "default:1"\n') as yard:
        folder = repository(yard, 'image = "debian:12"\n')
        assert (await yard.workspace(folder, name="first")).settings.image == "default:1"
        await trust(yard)
        workspace = await yard.workspace(folder, name="second")
        assert (workspace.settings.image, workspace.settings.image_from) == ("debian:12", f"by {NAME}")


async def test_its_other_scripts_run_too(yard: Yard) -> None:
    folder = repository(yard, '[scripts]\narchive = "echo x > archived"\n')
    await yard.task("t", folder)
    await trust(yard)
    workspace = await yard.workspace(folder)
    await yard.done(await yard.client.archive_workspace(workspace.name, ArchiveWorkspace()))
    assert file_of(workspace, "archived").exists()


async def test_an_update_brings_no_other_settings_into_a_workspace_only_into_the_next(yard: Yard) -> None:
    folder = repository(yard, '[scripts]\narchive = "echo first > archived"\n')
    await yard.task("t", folder)
    await trust(yard)
    workspace = await yard.workspace(folder, name="before")
    commit(folder, '[scripts]\narchive = "echo second > archived"\n')
    await trust(yard)
    operation = await yard.client.update_from_target(workspace.name, UpdateFromTarget())
    assert operation is not None
    await yard.done(operation)
    assert "second" in file_of(workspace, NAME).read_text()
    for each, said in ((workspace, "first\n"), (await yard.workspace(folder, name="after"), "second\n")):
        await yard.done(await yard.client.archive_workspace(each.name, ArchiveWorkspace()))
        assert file_of(each, "archived").read_text() == said


HOSTILE: dict[str, tuple[bytes, str]] = {
    "90 broken": (b"image = \n", "line 1"),
    "90 not UTF-8": (b'image = "\xff"\n', "UTF-8"),
    "92 unknown key": (b'\nimgae = "x"\n', "line 2"),
    "92 unknown script": (b'[scripts]\nset_up = "x"\n', "line 2"),
    "92 empty key": (b'"" = 1\n', "unknown field"),
    "95 nested without end": (b"ports = " + b"[" * 5000 + b"]" * 5000 + b"\n", "nested"),
    "95 one key a thousand times": (b".".join([b"a"] * 3000) + b" = 1\n", NAME),
    "a number for a text": (b"image = 3\n", "line 1"),
    "an image as an option": (b'image = "--privileged"\n', "line 1"),
    "a port that is none": (b"ports = [0]\n", "line 1"),
    "a thousand ports": (b"ports = [" + b"1," * 1000 + b"]\n", "line 1"),
    "a NUL in a script": (b'[scripts]\nsetup = "a\\u0000b"\n', "NUL"),
    "a pattern that leads out": (b'copy_files = ["../../etc/*"]\n', "etc"),
    "91 endless": (b"#" * (SIZE_LIMIT + 1), "bytes"),
}


@pytest.mark.parametrize("case", HOSTILE)
async def test_one_that_makes_no_sense_is_told_and_neither_trusted_nor_used(case: str) -> None:
    data, word = HOSTILE[case]
    async with Yard() as yard:
        folder = repository(yard, data)
        workspace = await yard.workspace(folder)
        assert word in workspace.notice and "not used" in workspace.notice
        seen = await yard.client.own_file("repo")
        assert word in seen.problem and NAME in seen.problem and not seen.trusted
        with pytest.raises(ConfigError, match=NAME):
            await yard.client.trust_own_file("repo", TrustOwnFile(digest=seen.digest))


@pytest.mark.parametrize("kind", ["link", "folder", "link to a device"])
async def test_one_that_is_no_file_is_not_followed(kind: str) -> None:
    async with Yard() as yard:
        folder = yard.repository()
        if kind == "folder":
            (folder / NAME).mkdir()
            (folder / NAME / "x").write_text("x")
        else:
            (folder / NAME).symlink_to("/dev/zero" if "device" in kind else "/etc/passwd")
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", "odd")
        workspace = await yard.workspace(folder)
        assert "no regular file" in workspace.notice
        seen = await yard.client.own_file("repo")
        assert (seen.text, seen.trusted) == ("", False) and "no regular file" in seen.problem


def test_the_nearest_key_is_named() -> None:
    with pytest.raises(ConfigError, match=r"line 2") as refusal:
        parse_own_file(b'[scripts]\ndev_sever = "x"\n')
    assert "dev_server" in refusal.value.hint


async def test_a_file_that_the_user_has_not_committed_is_not_there(yard: Yard) -> None:
    folder = yard.repository()
    (folder / NAME).write_text(FILE)
    os.mkfifo(folder / "fifo")
    await yard.task("t", folder)
    assert not (await yard.client.own_file("repo")).found
