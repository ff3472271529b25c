"""A checkpoint as a zip: whatever a tree holds comes back, and nothing else ever gets in."""

from __future__ import annotations

import io
import stat
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UsageError
from core.git import checkpoint_import
from core.git.checkpoint_export import ExportedRepo, export_checkpoint
from core.git.checkpoint_import import read_checkpoint, write_tree
from core.git.checkpoint_manifest import FORMAT, MANIFEST, Manifest
from core.git.checkpoint_names import check_link, checked_path, refuse_clashes
from core.git.path_text import name_to_text
from tests.git.world import World, git, write

WHOLE = Manifest(
    format=FORMAT, version=1, workspace="w", number=1, kind="manual", message="m", created_at=1.0, repos={}
)


def manifest(**more: Any) -> bytes:
    document = {**msgspec.to_builtins(WHOLE), "repos": {"repo": {}}, **more}
    return msgspec.json.encode(document)


def read(entries: list[tuple[str, bytes, int]], described: bytes | None = None) -> None:
    """Reads a zip of these entries; only what it raises matters."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.zip")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for name, data, mode in entries:
                info = zipfile.ZipInfo(name)
                info.external_attr = mode << 16
                info.compress_type = zipfile.ZIP_DEFLATED
                file.writestr(info, data)
            file.writestr(MANIFEST, manifest() if described is None else described)
        with path.open("rb") as source:
            read_checkpoint(source, Path(folder), ["repo"]).close()
        assert sorted(each.name for each in Path(folder).iterdir()) == ["x.zip"]


async def test_everything_comes_back_byte_for_byte(world: World, tmp_path: Path) -> None:
    write(world.folder, {"a.txt": "changed", "deep/er/file": "x", "empty-file": "", "Ünï[x].txt": "odd"})
    (world.folder / "big.bin").write_bytes(bytes(range(256)) * 2000)
    (world.folder / "link").symlink_to("deep/er/file")
    (world.folder / "run.sh").write_text("#!/bin/sh\n")
    (world.folder / "run.sh").chmod(0o755)
    Path(str(world.folder), "line\nend").write_text("n")
    snapshot = await world.snapshot()
    path = tmp_path / "out.zip"
    repo = ExportedRepo("repo", world.depot, snapshot.commit, ("hollow/inner",))
    await export_checkpoint(path, WHOLE, [repo])
    with zipfile.ZipFile(path) as file:
        assert file.testzip() is None
        assert file.getinfo("repos/repo/run.sh").external_attr >> 16 == 0o100755
    with path.open("rb") as source:
        contents = read_checkpoint(source, tmp_path, ["repo"])
    assert contents.repos["repo"].folders == ("hollow/inner",)
    tree = await write_tree(world.depot, contents.repos["repo"])
    assert tree == git(world.depot.path, "rev-parse", f"{snapshot.commit}^{{tree}}")
    contents.close()
    before = path.read_bytes()
    path.unlink()
    await export_checkpoint(path, WHOLE, [repo])
    assert path.read_bytes() == before, "the same checkpoint is the same file"


FILE, LINK = stat.S_IFREG | 0o644, stat.S_IFLNK | 0o777
REFUSED: dict[str, tuple[list[tuple[str, bytes, int]], str]] = {
    "climbing": ([("repos/repo/../../etc/passwd", b"x", FILE)], "leads out"),
    "absolute": ([("/etc/passwd", b"x", FILE)], "no repository"),
    "absolute inside": ([("repos/repo//etc/passwd", b"x", FILE)], "absolute"),
    "another repository": ([("repos/other/a", b"x", FILE)], "no repository"),
    "git's own": ([("repos/repo/.git/config", b"x", FILE)], "git directory"),
    "git's own, written large": ([("repos/repo/sub/.GIT/hooks/post-checkout", b"x", FILE)], "git directory"),
    "git's own, short": ([("repos/repo/git~1/config", b"x", FILE)], "git directory"),
    "git's own, unseen": ([("repos/repo/.g\u200cit/config", b"x", FILE)], "git directory"),
    "link up": ([("repos/repo/l", b"../../x", LINK)], "leads out"),
    "link to a root": ([("repos/repo/l", b"/etc", LINK)], "absolute"),
    "link into git": ([("repos/repo/l", b".git/config", LINK)], "git directory"),
    "long link": ([("repos/repo/l", b"x" * 5000, LINK)], "link"),
    "through a link": ([("repos/repo/l", b"a", LINK), ("repos/repo/l/x", b"x", FILE)], "file and a folder"),
    "device": ([("repos/repo/d", b"", stat.S_IFCHR | 0o644)], "neither"),
    "fifo": ([("repos/repo/p", b"", stat.S_IFIFO | 0o644)], "neither"),
    "folder that climbs": ([("repos/repo/../x/", b"", stat.S_IFDIR | 0o755)], "leads out"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case: str) -> None:
    entries, why = REFUSED[case]
    with pytest.raises(UsageError, match=why) as refusal:
        read([("repos/repo/fine", b"fine", FILE), *entries])
    assert "Nothing was changed" in refusal.value.hint


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_comes_twice() -> None:
    with pytest.raises(UsageError, match="twice"):
        read([("repos/repo/a", b"1", FILE), ("repos/repo/a", b"2", FILE)])


@pytest.mark.parametrize(
    ("described", "why"),
    [
        (b"", "manifest.json is wrong"),
        (b"[]", "manifest.json is wrong"),
        (manifest(format="other"), "says to be 'other'"),
        (manifest(version=2), "version 2"),
        (manifest(repos={}), "it has the repos none"),
        (manifest(repos={"repo": {}, "two": {}}), "repo, two"),
        (manifest(extra=1), "manifest.json is wrong"),
        (manifest(repos={"repo": {"folders": ["../up"]}}), "leads out"),
        (manifest(repos={"repo": {"submodules": {"sub": "main"}}}), "at no commit"),
        (manifest(repos={"repo": {"submodules": {".git": "a" * 40}}}), "git directory"),
    ],
)
def test_a_manifest_that_is_wrong(described: bytes, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        read([], described)


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x05\x06" + bytes(18), b"no zip at all" * 9])
def test_what_is_no_zip(data: bytes, tmp_path: Path) -> None:
    tmp_path /= "alone"
    tmp_path.mkdir()
    (tmp_path / "x.zip").write_bytes(data)
    with pytest.raises(UsageError, match="not imported"), (tmp_path / "x.zip").open("rb") as source:
        read_checkpoint(source, tmp_path, ["repo"])
    assert [each.name for each in tmp_path.iterdir()] == ["x.zip"]


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint_import, "RATIO_FROM", 100_000)
    monkeypatch.setattr(checkpoint_import, "_read_files", None)
    with pytest.raises(UsageError, match="too much"):
        read([("repos/repo/zeros", bytes(1_000_000), FILE)])
    monkeypatch.setattr(checkpoint_import, "TOTAL_LIMIT", 1000)
    with pytest.raises(UsageError, match="too much"):
        read([("repos/repo/a", b"x" * 600, FILE), ("repos/repo/b", b"x" * 600, FILE)])
    monkeypatch.setattr(checkpoint_import, "FILE_LIMIT", 10)
    with pytest.raises(UsageError, match="larger than"):
        read([("repos/repo/a", b"x" * 11, FILE)])
    monkeypatch.setattr(checkpoint_import, "ENTRY_LIMIT", 1)
    with pytest.raises(UsageError, match="more than 1"):
        read([("repos/repo/a", b"", FILE), ("repos/repo/b", b"", FILE)])


def test_one_that_says_less_than_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("repos/repo/a", b"x" * 50_000)
        file.writestr(MANIFEST, manifest())
    data = path.read_bytes().replace((50_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    path.write_bytes(data)
    with pytest.raises(UsageError, match="not imported"), path.open("rb") as source:
        read_checkpoint(source, tmp_path, ["repo"])


PART = st.text(st.characters(codec="utf-8", exclude_characters="\0/"), min_size=1, max_size=8)
PATHS = st.one_of(
    st.lists(st.one_of(PART, st.sampled_from((".", "..", "", ".git", ".Git ", "a"))), max_size=5).map(
        "/".join
    ),
    st.text(max_size=20),
)


@given(PATHS)
def test_a_path_that_is_taken_stays_inside(text: str) -> None:
    try:
        name = checked_path(text)
    except UsageError:
        return
    parts = name.split(b"/")
    assert name_to_text(name) == text
    assert not {b"", b".", b"..", b".git"} & {part.lower() for part in parts}


@given(PATHS, st.binary(max_size=20) | PATHS.map(str.encode))
def test_a_link_that_is_taken_stays_inside(text: str, target: bytes) -> None:
    try:
        place = checked_path(text)
        check_link(text, target)
    except UsageError:
        return
    depth = place.count(b"/")
    for part in target.split(b"/"):
        depth += {b"..": -1, b".": 0, b"": 0}.get(part, 1)
        # A part that is a name may be a link itself; that one was looked at, too.
    assert depth >= 0


@given(st.lists(st.lists(st.sampled_from((b"a", b"b")), min_size=1, max_size=3).map(b"/".join), max_size=6))
def test_names_that_clash_are_found(names: list[bytes]) -> None:
    clash = len(set(names)) < len(names) or any(
        other.startswith(name + b"/") for name in names for other in names
    )
    if clash:
        with pytest.raises(UsageError):
            refuse_clashes(names)
    else:
        refuse_clashes(names)


@given(st.binary(max_size=300), st.integers(0, 400))
def test_a_zip_that_was_tampered_with_is_read_or_refused(noise: bytes, at: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("repos/repo/a", b"content")
        file.writestr(MANIFEST, manifest())
    data = bytearray(out.getvalue())
    data[at : at + len(noise)] = noise
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.zip")
        path.write_bytes(data)
        try:
            with path.open("rb") as source:
                read_checkpoint(source, Path(folder), ["repo"]).close()
        except UsageError:
            pass
        assert [each.name for each in Path(folder).iterdir()] == ["x.zip"]
