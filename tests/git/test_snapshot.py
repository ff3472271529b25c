"""Snapshots hold everything but the ignored, and change nothing that the agent sees."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import GitError
from core.git.clone import WorkspaceClone
from core.git.path_text import name_to_text, text_to_name
from core.git.snapshot import Snapshot, import_snapshot, parse_snapshot, sandbox_paths, snapshot_command
from tests.git.world import World, commit, git, write

ODD_NAMES = (
    b"line\nend",
    b"esc\x1b[31m",
    b"-rf",
    b"[slug]",
    b"bad\xff\xfe",
    b"f[12]*?",
    b":(exclude)x",
    b" ",
    b"'\"\\",
)


def run(command: tuple[str, ...]) -> bytes:
    return subprocess.run(command, capture_output=True, check=True).stdout


def names_in(world: World, commit_id: str) -> set[bytes]:
    listed = git(world.depot.path, "ls-tree", "-r", "-z", "--name-only", commit_id)
    return set(os.fsencode(listed).rstrip(b"\0").split(b"\0"))


def content(world: World, commit_id: str, name: str) -> str:
    return git(world.depot.path, "cat-file", "blob", f"{commit_id}:{name}")


async def test_a_clean_workspace_is_its_own_snapshot(world: World) -> None:
    snapshot = await world.snapshot()
    assert snapshot == Snapshot(world.start, world.start, dirty=False)


async def test_changed_new_and_deleted_files_are_in_it_and_ignored_ones_are_not(world: World) -> None:
    write(world.folder, {"a.txt": "changed", "new.txt": "new", "x.log": "noise", ".env": "secret"})
    (world.folder / "b.txt").unlink()
    (world.folder / "link").symlink_to("/nowhere")
    (world.folder / "folder/c.txt").chmod(0o755)
    snapshot = await world.snapshot()
    assert snapshot.dirty and snapshot.head == world.start
    assert names_in(world, snapshot.commit) == {b".gitignore", b"a.txt", b"new.txt", b"folder/c.txt", b"link"}
    assert content(world, snapshot.commit, "a.txt") == "changed"
    entry = git(world.depot.path, "ls-tree", snapshot.commit, "link", "folder/c.txt")
    assert entry.startswith("100755") and "120000" in entry
    assert git(world.depot.path, "rev-parse", f"{snapshot.commit}^") == world.start
    refs = await world.depot.refs("refs/boatyard/workspaces/fix-it/")
    assert set(refs.values()) == {snapshot.commit, world.start}


async def test_the_agents_index_and_files_do_not_change(world: World) -> None:
    write(world.folder, {"a.txt": "staged"})
    git(world.folder, "add", "a.txt")
    write(world.folder, {"a.txt": "then changed", "new.txt": "new"})
    before = (world.clone.git_dir / "index").read_bytes(), git(world.folder, "status", "--porcelain")
    snapshot = await world.snapshot()
    assert content(world, snapshot.commit, "a.txt") == "then changed"
    assert (
        (world.clone.git_dir / "index").read_bytes(),
        git(world.folder, "status", "--porcelain"),
    ) == before


async def test_commits_of_the_agent_are_the_snapshots_head(world: World) -> None:
    made = commit(world.folder, {"a.txt": "x"}, "work")
    snapshot = await world.snapshot()
    assert (snapshot.commit, snapshot.head, snapshot.dirty) == (made, made, False)
    write(world.folder, {"a.txt": "y"})
    later = await world.snapshot()
    assert later.head == made and later.dirty


async def test_the_same_state_gives_the_same_snapshot(world: World) -> None:
    write(world.folder, {"new.txt": "new"})
    first = await world.snapshot()
    assert await world.snapshot() == first


async def test_a_file_that_becomes_ignored_leaves_and_one_added_by_force_stays(world: World) -> None:
    write(world.folder, {"out/x": "x", "kept.log": "kept"})
    git(world.folder, "add", "-f", "kept.log")
    assert {b"out/x", b"kept.log"} <= names_in(world, (await world.snapshot()).commit)
    write(world.folder, {".gitignore": "*.log\n.env\nout/\n", "kept.log": "kept, changed"})
    snapshot = await world.snapshot()
    assert b"out/x" not in names_in(world, snapshot.commit)
    assert content(world, snapshot.commit, "kept.log") == "kept, changed"
    git(world.folder, "rm", "-q", "--cached", "-f", "kept.log")
    assert b"kept.log" not in names_in(world, (await world.snapshot()).commit)


async def test_names_of_any_kind_are_in_it(world: World) -> None:
    for name in ODD_NAMES:
        (Path(os.fsdecode(os.fsencode(world.folder) + b"/" + name))).write_text("odd")
    snapshot = await world.snapshot()
    assert set(ODD_NAMES) <= names_in(world, snapshot.commit)
    assert snapshot.missing == ()


async def test_odd_kinds_of_files_harm_nothing(world: World) -> None:
    os.mkfifo(world.folder / "fifo")
    (world.folder / "empty").mkdir()
    (world.folder / "loop").symlink_to("loop")
    assert b"loop" in names_in(world, (await world.snapshot()).commit)


async def test_files_of_an_embedded_repository_without_a_commit_are_not_lost(world: World) -> None:
    git(world.folder, "init", "-q", "young\nrepo")
    write(world.folder, {"young\nrepo/deep/x": "x", "young\nrepo/x.log": "noise", "other.txt": "o"})
    snapshot = await world.snapshot()
    assert b"young\nrepo/x.log" not in names_in(world, snapshot.commit)
    assert {b"young\nrepo/deep/x", b"other.txt"} <= names_in(world, snapshot.commit)
    assert snapshot.missing == ()
    write(world.folder, {"young\nrepo/deep/y": "y", "young\nrepo/deep/x": "x2"})
    later = await world.snapshot()
    assert content(world, later.commit, "young\nrepo/deep/x") == "x2"
    assert b"young\nrepo/deep/y" in names_in(world, later.commit)


async def test_a_file_that_may_not_be_read_is_named_and_the_rest_is_kept(world: World) -> None:
    write(world.folder, {"closed\n.txt": "x", "a.txt": "changed"})
    (world.folder / "closed\n.txt").chmod(0)
    command = snapshot_command(*sandbox_paths(world.clone, container=False), world.start)
    if os.getuid() == 0:
        command = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", *command)
    snapshot = parse_snapshot(run(command))
    await import_snapshot(world.depot, world.clone, snapshot)
    assert snapshot.missing == ("closed\n.txt",)
    assert content(world, snapshot.commit, "a.txt") == "changed"


async def test_a_folder_that_may_not_be_opened_is_named_and_the_rest_is_kept(world: World) -> None:
    write(world.folder, {"closed [1]/x": "x", "open/y": "y", "tracked/z": "z"})
    git(world.folder, "add", "tracked")
    git(world.folder, "commit", "-qm", "z")
    for name in ("closed [1]", "tracked"):
        (world.folder / name).chmod(0)
    command = snapshot_command(*sandbox_paths(world.clone, container=False), world.start)
    if os.getuid() == 0:
        command = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", *command)
    snapshot = parse_snapshot(run(command))
    await import_snapshot(world.depot, world.clone, snapshot)
    assert snapshot.missing == ("closed [1]/", "tracked/")
    assert content(world, snapshot.commit, "open/y") == "y"
    assert content(world, snapshot.commit, "tracked/z") == "z", "it is as it was before"
    for name in ("closed [1]", "tracked"):
        (world.folder / name).chmod(0o700)
    assert (await world.snapshot()).missing == ()


async def test_a_filter_that_fails_is_told_and_nothing_is_recorded(world: World) -> None:
    git(world.folder, "config", "filter.broken.clean", "false")
    git(world.folder, "config", "filter.broken.required", "true")
    write(world.folder, {".gitattributes": "*.dat filter=broken\n", "x.dat": "x"})
    command = snapshot_command(*sandbox_paths(world.clone, container=False), world.start)
    with pytest.raises(subprocess.CalledProcessError) as caught:
        run(command)
    assert b"clean filter 'broken' failed" in caught.value.stderr
    assert git(world.folder, "for-each-ref", "refs/boatyard/") == ""
    assert os.listdir(world.clone.git_dir / "boatyard") == ["index"]


async def test_a_detached_head_is_the_head(world: World) -> None:
    made = commit(world.folder, {"a.txt": "x"}, "work")
    git(world.folder, "checkout", "-q", "--detach")
    git(world.folder, "branch", "-D", "boatyard/fix-it")
    snapshot = await world.snapshot()
    assert snapshot.head == made and not snapshot.unborn


async def test_a_deleted_branch_stands_on_the_base_and_loses_nothing(world: World) -> None:
    commit(world.folder, {"a.txt": "work"}, "work")
    git(world.folder, "update-ref", "-d", "refs/heads/boatyard/fix-it")
    snapshot = await world.snapshot()
    assert snapshot.unborn and snapshot.dirty and snapshot.head == world.start
    assert content(world, snapshot.commit, "a.txt") == "work"


async def test_an_agents_git_at_work_is_not_waited_for(world: World) -> None:
    (world.clone.git_dir / "index.lock").write_text("")
    (world.clone.git_dir / "HEAD.lock").write_text("")
    write(world.folder, {"new.txt": "new"})
    assert (await world.snapshot()).dirty


async def test_leftovers_of_a_killed_snapshot_do_not_matter(world: World) -> None:
    write(world.folder, {"new.txt": "new"})
    own = world.clone.git_dir / "boatyard"
    (own / "work.1").mkdir()
    (own / "work.1/index.lock").write_text("")
    refs = world.clone.git_dir / "refs/boatyard"
    refs.mkdir()
    (refs / "snapshot.lock").write_text("")
    assert b"new.txt" in names_in(world, (await world.snapshot()).commit)


async def test_a_lost_index_is_made_anew(world: World) -> None:
    write(world.folder, {"new.txt": "new"})
    (world.clone.git_dir / "boatyard/index").unlink()
    (world.clone.git_dir / "index").unlink()
    assert names_in(world, (await world.snapshot()).commit) >= {b"new.txt", b"a.txt", b"folder/c.txt"}


async def test_files_left_out_by_a_sparse_checkout_are_not_deleted(world: World) -> None:
    await world.snapshot()
    git(world.folder, "sparse-checkout", "set", "--no-cone", "/a.txt", "/.gitignore")
    assert not (world.folder / "folder").exists()
    assert not (await world.snapshot()).dirty


async def test_unchanged_files_are_not_read_again(world: World) -> None:
    log = world.root / "filtered"
    git(world.folder, "config", "filter.count.clean", f"echo read >> {log}; cat")
    (world.clone.git_dir / "info/attributes").write_text("*.dat filter=count\n")
    write(world.folder, {"one.dat": "1", "two.dat": "2"})
    for name in ("one.dat", "two.dat"):
        os.utime(world.folder / name, (1_000_000_000, 1_000_000_000))
    await world.snapshot()
    assert log.read_text().count("read") == 2
    write(world.folder, {"two.dat": "22"})
    os.utime(world.folder / "two.dat", (1_000_000_001, 1_000_000_001))
    await world.snapshot()
    await world.snapshot()
    assert log.read_text().count("read") == 3


async def test_a_change_in_the_same_second_and_of_the_same_size_is_seen(world: World) -> None:
    """git then trusts nothing but its index's own time, so a copy of the index must keep that."""
    git(world.folder, "config", "core.trustctime", "false")
    file, index = world.folder / "new.txt", world.clone.git_dir / "boatyard/index"
    second = 1_000_000_000
    file.write_text("aaaa")
    os.utime(file, (second, second))
    await world.snapshot()
    os.utime(index, (second, second))
    file.write_text("bbbb")
    os.utime(file, (second, second))
    assert content(world, (await world.snapshot()).commit, "new.txt") == "bbbb"


async def test_what_the_shell_had_set_for_git_does_not_matter(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", "/nowhere")
    command = snapshot_command(*sandbox_paths(world.clone, container=False), world.start)
    assert parse_snapshot(run(command)).commit == world.start


@pytest.mark.parametrize("shell", ["/bin/sh", "/bin/bash"])
async def test_the_script_runs_in_any_shell(world: World, shell: str) -> None:
    write(world.folder, {"new.txt": "new"})
    command = snapshot_command(*sandbox_paths(world.clone, container=False), world.start)
    assert parse_snapshot(run((shell, *command[1:]))).dirty


async def test_a_claim_that_is_not_there_is_not_imported(world: World) -> None:
    for claimed in ("1" * 40, git(world.folder, "rev-parse", "HEAD^{tree}")):
        with pytest.raises(GitError):
            await import_snapshot(world.depot, world.clone, Snapshot(claimed, world.start, dirty=True))
    assert await world.depot.refs("refs/boatyard/workspaces/") == {}


async def test_broken_objects_are_refused(world: World) -> None:
    blob = bytes.fromhex(git(world.folder, "hash-object", "-w", "a.txt"))
    (world.root / "tree").write_bytes(b"100644 .git\0" + blob)
    tree = git(world.folder, "hash-object", "-t", "tree", "-w", "--literally", str(world.root / "tree"))
    bad = git(world.folder, "commit-tree", tree, "-p", world.start, "-m", "bad")
    with pytest.raises(GitError, match="cannot be fetched"):
        await import_snapshot(world.depot, world.clone, Snapshot(bad, world.start, dirty=True))


IDS = st.text("0123456789abcdef", min_size=40, max_size=40)
NAMES = st.binary(min_size=1, max_size=20).map(lambda name: name_to_text(name.replace(b"\0", b"x")))


@given(IDS, IDS, st.booleans(), st.booleans(), st.lists(NAMES, max_size=3))
def test_what_the_script_prints_is_read_back(
    snapshot: str, head: str, dirty: bool, unborn: bool, embedded: list[str]
) -> None:
    lines = [f"snapshot {snapshot}", f"head {head}", f"dirty {int(dirty)}", f"unborn {int(unborn)}"]
    lines += [
        'embedded "' + "".join(f"\\{byte:03o}" for byte in text_to_name(name)) + '"' for name in embedded
    ]
    parsed = parse_snapshot("\n".join(lines).encode() + b"\n")
    assert parsed == Snapshot(snapshot, head, dirty, unborn, tuple(embedded))


LINES = [
    b"snapshot " + b"a" * 40, b"head " + b"b" * 40, b"dirty 1", b"unborn 0", b"dirty x",
    b"snapshot --upload-pack=x", b"head", b"missing \xff",
]  # fmt: skip


@given(st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(LINES)).map(b"\n".join)))
def test_any_other_answer_is_an_error_and_nothing_else(output: bytes) -> None:
    try:
        parsed = parse_snapshot(output)
    except GitError:
        return
    assert len(parsed.commit) in (40, 64) and set(parsed.commit) <= set("0123456789abcdef")


def test_in_a_container_the_git_directory_is_seen_elsewhere(tmp_path: Path) -> None:
    clone = WorkspaceClone(tmp_path, tmp_path / "code/r", tmp_path / "git/r", tmp_path / "etc/r", "ws", "r")
    assert sandbox_paths(clone, container=True) == ("/boatyard/git/r", str(tmp_path / "code/r"))
    assert sandbox_paths(clone, container=False)[0] == str(tmp_path / "git/r")
