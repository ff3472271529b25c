"""Copying from beside git: what comes along, what stays behind, and that no link leads anywhere."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from core.lifecycle.copy_files import Copied, copy_files, stays_inside
from core.lifecycle.patterns import Patterns


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    return folder


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "clone"
    folder.mkdir()
    return folder


def write(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def run(source: Path, clone: Path, *patterns: str) -> Copied:
    return copy_files(source, clone, Patterns(patterns))


def test_files_folders_modes_times_and_odd_names_come_along(source: Path, clone: Path) -> None:
    write(source, **{".env": "A=1", "keys/run.sh": "x", "keys/deep/er/k": "k", "other": "no"})
    (source / "keys/run.sh").chmod(0o751)
    os.utime(source / ".env", ns=(10**18, 10**18))
    odd = os.fsencode(source) + b"/keys/odd\xff\n\x1b name"
    with open(odd, "w") as file:
        file.write("odd")
    report = run(source, clone, ".env", "keys")
    assert (clone / "keys/deep/er/k").read_text() == "k"
    assert stat.S_IMODE((clone / "keys/run.sh").stat().st_mode) == 0o751
    assert (clone / ".env").stat().st_mtime_ns == 10**18
    assert os.path.exists(os.fsencode(clone) + b"/keys/odd\xff\n\x1b name")
    assert not (clone / "other").exists()
    assert len(report.files) == 4 and report.made == ["keys", "keys/deep", "keys/deep/er"]


def test_what_the_clone_has_stays_and_what_matches_nothing_is_told(source: Path, clone: Path) -> None:
    write(source, **{".env": "mine", "a.local": "a"})
    write(clone, **{".env": "the branch's"})
    report = run(source, clone, ".env", "*.local", "missing/*", "!*.log")
    assert (clone / ".env").read_text() == "the branch's"
    assert (report.files, report.kept, report.unmatched) == (["a.local"], [".env"], ["missing/*"])
    assert report.summary() == "1 copied; 1 already there; nothing matches missing/*"


def test_links_are_copied_as_links_and_only_when_they_stay_inside(source: Path, clone: Path) -> None:
    secret = source.parent / "outside"
    write(secret, key="secret")
    write(source, **{"in/a": "a"})
    (source / "good").symlink_to("in/a")
    (source / "in/up").symlink_to("../good")
    (source / "bad").symlink_to("../outside/key")
    (source / "absolute").symlink_to(secret / "key")
    (source / "folder").symlink_to(secret)
    (source / "round").symlink_to("in/../../outside/key")
    report = run(source, clone, "**")
    assert sorted(report.files) == ["good", "in/a", "in/up"]
    assert os.readlink(clone / "good") == "in/a"
    assert {path for path, _ in report.left} == {"bad", "absolute", "folder", "round"}
    assert all("leads out" in why for _, why in report.left)


def test_a_link_that_the_branch_holds_is_not_written_through(source: Path, clone: Path) -> None:
    outside = source.parent / "outside"
    outside.mkdir()
    write(source, **{"config/a": "a", "file": "f"})
    (clone / "config").symlink_to(outside)
    (clone / "file").symlink_to(outside / "file")
    report = run(source, clone, "config", "file")
    assert list(outside.iterdir()) == []
    assert report.kept == ["file"] and [path for path, _ in report.left] == ["config/a"]


def test_git_folders_fifos_and_unreadable_files_stay_behind(source: Path, clone: Path) -> None:
    write(source, **{".git/config": "x", "nested/.git/HEAD": "x", "nested/a": "a"})
    os.mkfifo(source / "nested/fifo")
    report = run(source, clone, "**")
    assert report.files == ["nested/a"]
    assert report.left == [("nested/fifo", "neither a file nor a link")]


@pytest.mark.parametrize(
    ("path", "goal", "inside"),
    [
        (b"a", b"b", True),
        (b"a", b"../b", False),
        (b"x/a", b"../b", True),
        (b"x/a", b"../../b", False),
        (b"a", b"/b", False),
        (b"a", b"b/../c", False),
        (b"a", b"..", False),
    ],
)
def test_where_a_link_may_lead(path: bytes, goal: bytes, inside: bool) -> None:
    assert stays_inside(path, goal) is inside
