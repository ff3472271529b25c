"""Merges of every style, computed in the depot alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import GitError
from core.git.merge import read_work
from core.git.merge_tree import parse_merge
from core.git.path_text import name_to_text
from core.values.states import MergeStyle
from tests.git.world import World, commit, git, make_repository, make_world, write

MERGE, SQUASH, REBASE = MergeStyle.MERGE, MergeStyle.SQUASH, MergeStyle.REBASE


def show(world: World, name: str, revision: str = "main") -> str:
    return git(world.home, "show", f"{revision}:{name}")


def subjects(world: World, span: str) -> list[str]:
    return git(world.home, "log", "--format=%s", "--topo-order", span).splitlines()


async def test_a_merge_commit_joins_target_and_work(world: World) -> None:
    made = commit(world.folder, {"new.txt": "new"}, "agent's commit")
    theirs = commit(world.home, {"b.txt": "user's"}, "user's commit")
    merged = await world.merge(MERGE, "Merge the task\n\nIn full")
    assert git(world.home, "log", "-1", "--format=%P %an <%ae> %cn") == (
        f"{theirs} {made} Ada User <ada@users.example> Ada User"
    )
    assert git(world.home, "log", "-1", "--format=%B").strip() == "Merge the task\n\nIn full"
    assert (show(world, "new.txt"), show(world, "b.txt")) == ("new", "user's")
    assert world.tip() == merged.new


async def test_a_squash_is_one_commit_with_everything(world: World) -> None:
    for n in range(3):
        commit(world.folder, {"new.txt": f"{n}"}, f"step {n}")
    write(world.folder, {"loose.txt": "uncommitted"})
    await world.merge(SQUASH, "All of it")
    assert subjects(world, f"{world.start}..main") == ["All of it"]
    assert (show(world, "new.txt"), show(world, "loose.txt")) == ("2", "uncommitted")


async def test_a_rebase_makes_each_commit_anew_with_its_author_and_message(world: World) -> None:
    git(world.folder, "config", "user.name", "An Agent")
    write(world.folder, {"one.txt": "1"})
    git(world.folder, "add", "-A")
    git(world.folder, "commit", "-q", "-m", "one\n\nwith ünïcode", "--date", "2001-02-03T04:05:06 +0330")
    commit(world.folder, {"two.txt": "2"}, "two")
    theirs = commit(world.home, {"b.txt": "user's"}, "user's commit")
    write(world.folder, {"loose.txt": "uncommitted"})
    await world.merge(REBASE, "the rest")
    assert subjects(world, f"{theirs}..main") == ["the rest", "two", "one"]
    told = git(world.home, "log", "-1", "--skip=2", "--format=%an|%aI|%cn|%b").strip()
    assert told == "An Agent|2001-02-03T04:05:06+03:30|Ada User|with ünïcode"
    assert git(world.home, "log", "--merges", "--format=%H") == ""
    assert git(world.home, "show", "--stat", "--format=", "main~1").startswith(" two.txt")


async def test_uncommitted_work_becomes_a_commit_on_top(world: World) -> None:
    made = commit(world.folder, {"new.txt": "new"}, "agent's commit")
    write(world.folder, {"loose.txt": "uncommitted"})
    merged = await world.merge(MERGE, "Merge")
    assert git(world.home, "log", "-1", "--format=%P %an", merged.source) == f"{made} Ada User"
    assert show(world, "loose.txt") == "uncommitted"
    assert git(world.folder, "status", "--porcelain") == "?? loose.txt"


@pytest.mark.parametrize("style", list(MergeStyle))
async def test_nothing_to_merge_is_told(world: World, style: MergeStyle) -> None:
    assert (await world.computed(style)).nothing
    commit(world.home, {"b.txt": "user's"}, "user's commit")
    assert (await world.computed(style)).nothing


@pytest.mark.parametrize("style", list(MergeStyle))
@pytest.mark.parametrize("committed", [True, False])
async def test_after_a_merge_there_is_nothing_left_and_a_second_brings_only_the_new(
    world: World, style: MergeStyle, committed: bool
) -> None:
    def work(files: dict[str, str], message: str) -> None:
        if committed:
            commit(world.folder, files, message)
        else:
            write(world.folder, files)

    work({"a.txt": "ONE\ntwo\nthree\nfour\nfive\n"}, "first work")
    await world.merge(style, "first merge")
    assert (await world.computed(style)).nothing
    commit(world.home, {"a.txt": "ONE, by the user\ntwo\nthree\nfour\nfive\n"}, "user goes on")
    work({"a.txt": "ONE\ntwo\nthree\nfour\nFIVE\n", "new.txt": "new"}, "second work")
    before = world.tip()
    merged = await world.merge(style, "second merge")
    assert show(world, "a.txt") == "ONE, by the user\ntwo\nthree\nfour\nFIVE"
    assert git(world.home, "diff", "--stat", f"{before}..main").count("|") == 2
    assert git(world.depot.path, "diff", "--name-only", merged.base, merged.source).split() == [
        "a.txt",
        "new.txt",
    ]
    assert (await world.computed(style)).nothing


@pytest.mark.parametrize("style", list(MergeStyle))
async def test_landed_uncommitted_work_may_be_committed_afterwards(world: World, style: MergeStyle) -> None:
    write(world.folder, {"a.txt": "ONE\ntwo\nthree\nfour\nfive\n", "b.txt": "B\n"})
    await world.merge(style, "first")
    git(world.folder, "commit", "-q", "-m", "only a", "a.txt")
    git(world.folder, "commit", "-q", "-m", "then b", "b.txt")
    assert (await world.computed(style)).nothing
    commit(world.folder, {"a.txt": "ONE!\ntwo\nthree\nfour\nfive\n"}, "more")
    await world.merge(style, "second")
    assert (show(world, "a.txt"), show(world, "b.txt")) == ("ONE!\ntwo\nthree\nfour\nfive", "B")


@pytest.mark.parametrize("style", list(MergeStyle))
async def test_rewritten_history_brings_what_is_new_in_it(world: World, style: MergeStyle) -> None:
    commit(world.folder, {"a.txt": "ONE\ntwo\nthree\nfour\nfive\n"}, "first work")
    await world.merge(style, "first")
    write(world.folder, {"a.txt": "ONE\ntwo\nthree\nfour\nFIVE\n"})
    git(world.folder, "commit", "-q", "-a", "--amend", "-m", "amended")
    await world.merge(style, "second")
    assert show(world, "a.txt") == "ONE\ntwo\nthree\nfour\nFIVE"


@pytest.mark.parametrize("style", list(MergeStyle))
async def test_a_workspace_brought_up_to_date_is_compared_by_history_again(
    world: World, style: MergeStyle
) -> None:
    commit(world.folder, {"a.txt": "ONE\ntwo\nthree\nfour\nfive\n"}, "first work")
    await world.merge(SQUASH, "first")
    commit(world.home, {"b.txt": "user's\n"}, "user goes on")
    git(world.folder, "fetch", "-q", str(world.home), "main")
    git(world.folder, "reset", "-q", "--hard", "FETCH_HEAD")
    commit(world.folder, {"b.txt": "user's\nagent's\n"}, "second work")
    merged = await world.merge(style, "second")
    assert merged.base == merged.old
    assert show(world, "b.txt") == "user's\nagent's"


async def test_a_rebase_keeps_what_a_merge_commit_put_right(world: World) -> None:
    commit(world.folder, {"b.txt": "agent's\n"}, "agent's b")
    theirs = commit(world.home, {"a.txt": "user's\n"}, "user's a")
    git(world.folder, "fetch", "-q", str(world.home), "main")
    git(world.folder, "merge", "-q", "--no-commit", "FETCH_HEAD")
    commit(world.folder, {"folder/c.txt": "made to fit\n"}, "brought together")
    commit(world.folder, {"new.txt": "new\n"}, "after it")
    await world.merge(REBASE)
    assert subjects(world, f"{theirs}..main") == ["after it", "brought together", "agent's b"]
    assert [show(world, name) for name in ("a.txt", "b.txt", "folder/c.txt")] == [
        "user's", "agent's", "made to fit",
    ]  # fmt: skip


CONFLICTS = {
    "content": ({"a.txt": "ONE\ntwo\nthree\nfour\nfive\n"}, {"a.txt": "eins\ntwo\nthree\nfour\nfive\n"}),
    "add/add": ({"new.txt": "agent's"}, {"new.txt": "user's"}),
    "modify/delete": ({"b.txt": ""}, {"b.txt": "user's\n"}),
}


@pytest.mark.parametrize("style", list(MergeStyle))
@pytest.mark.parametrize("kind", list(CONFLICTS))
async def test_conflicts_are_named_with_their_kind_and_nothing_is_made(
    world: World, style: MergeStyle, kind: str
) -> None:
    ours, theirs = CONFLICTS[kind]
    (path,) = ours
    commit(world.home, theirs, "user's")
    write(world.folder, ours)
    if kind == "modify/delete":
        (world.folder / path).unlink()
    commit(world.folder, {}, "agent's")
    merged = await world.computed(style)
    assert [(item.path, item.kind) for item in merged.conflicts] == [(path, kind)]
    assert merged.new == merged.old == world.tip() and not merged.nothing


async def test_conflicts_of_renames_folders_binaries_and_types_are_named(world: World) -> None:
    (world.home / "a.txt").rename(world.home / "user.txt")
    (world.folder / "a.txt").rename(world.folder / "agent.txt")
    (world.home / "data.bin").write_bytes(b"\0user")
    (world.folder / "data.bin").write_bytes(b"\0agent")
    (world.home / "kind").symlink_to("b.txt")
    write(world.folder, {"kind": "file"})
    write(world.home, {"place": "a file"})
    write(world.folder, {"place/below": "in a folder"})
    commit(world.home, {}, "user's")
    commit(world.folder, {}, "agent's")
    found = {item.path: item.kind for item in (await world.computed()).conflicts}
    assert found["a.txt"] == "rename/rename"
    assert found["data.bin"] == "binary"
    assert found["kind"] == "distinct types"
    assert found["place"] == "file/directory"
    assert not any("~" in path for path in found)


async def test_a_conflict_with_a_hostile_name_is_named_exactly(world: World) -> None:
    name = b"a\nCONFLICT (content): b\x1b\xff"
    for folder, text in ((world.home, "user's"), (world.folder, "agent's")):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_text(text)
        commit(folder, {}, "add it")
    (conflict,) = (await world.computed()).conflicts
    assert (conflict.path, conflict.kind) == (name_to_text(name), "add/add")


async def test_no_history_in_common_is_still_merged_by_content(world: World) -> None:
    git(world.folder, "checkout", "-q", "--orphan", "fresh")
    git(world.folder, "rm", "-rfq", ".")
    commit(world.folder, {"other.txt": "other"}, "unrelated")
    merged = await world.merge(MERGE)
    assert show(world, "other.txt") == "other" and show(world, "b.txt") == "b"
    assert git(world.depot.path, "cat-file", "-t", merged.base) == "tree"


async def test_a_message_may_hold_anything_and_a_name_may_be_odd(world: World) -> None:
    git(world.home, "config", "user.name", "<O'Dd> \n;")
    commit(world.folder, {"new.txt": "new"}, "work")
    await world.merge(SQUASH, "-F --amend\n\n$(touch x)\0 'quoted'")
    assert git(world.home, "log", "-1", "--format=%B").strip() == "-F --amend\n\n$(touch x) 'quoted'"


async def test_odd_commits_of_an_agent_can_be_rebased(world: World) -> None:
    write(world.folder, {"new.txt": "new"})
    git(world.folder, "add", "-A")
    tree = git(world.folder, "write-tree")
    header = f"tree {tree}\nparent {world.start}\nauthor  <> 99999999999 +0000\ncommitter A <a@b> 1 +0000\n"
    (world.root / "raw").write_bytes(header.encode() + b"encoding no-such\n\ncaf\xe9\n")
    odd = git(world.folder, "hash-object", "-t", "commit", "-w", "--literally", str(world.root / "raw"))
    git(world.folder, "update-ref", "refs/heads/boatyard/fix-it", odd)
    write(world.folder, {"loose.txt": "loose"})
    git(world.folder, "add", "-A")
    git(world.folder, "commit", "-q", "--allow-empty-message", "-m", "")
    await world.merge(REBASE)
    assert git(world.home, "log", "--format=%an|%s", f"{world.start}..main").splitlines() == [
        "Ada User|", "unknown|café",
    ]  # fmt: skip


async def test_signed_commits_are_made_with_the_users_program(world: World) -> None:
    program = world.root / "sign"
    log = world.root / "signed"
    program.write_text(
        f'#!/bin/sh\ncat >/dev/null\necho "$@" >>{log}\n'
        "echo '[GNUPG:] SIG_CREATED ' >&2\necho '-----BEGIN PGP SIGNATURE-----'\n"
    )
    program.chmod(0o755)
    for key, value in (
        ("commit.gpgSign", "true"),
        ("gpg.program", str(program)),
        ("user.signingKey", "KEY1"),
    ):
        git(world.home, "config", key, value)
    write(world.folder, {"new.txt": "new"})
    await world.merge(SQUASH)
    assert "gpgsig -----BEGIN PGP SIGNATURE-----" in git(world.home, "cat-file", "commit", "main")
    assert "KEY1" in log.read_text()
    git(world.home, "config", "gpg.program", "false")
    write(world.folder, {"new.txt": "newer"})
    with pytest.raises(GitError, match="cannot be signed"):
        await world.merge(SQUASH)


async def test_work_before_any_snapshot_is_none(world: World) -> None:
    assert await read_work(world.depot, "fix-it") is None


async def test_a_shallow_repository_can_be_merged_into(tmp_path: Path) -> None:
    origin = make_repository(tmp_path / "origin")
    commit(origin, {"b.txt": "b"}, "second")
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{origin}", "repo")
    world = await make_world(tmp_path, tmp_path / "repo")
    commit(world.folder, {"new.txt": "new"}, "work")
    for style in MergeStyle:
        write(world.folder, {"new.txt": style.value})
        await world.merge(style)
        assert show(world, "new.txt") == style.value
    assert git(world.home, "rev-parse", "--is-shallow-repository") == "true"


NAMES = st.binary(min_size=1, max_size=12).map(lambda name: name.replace(b"\0", b"x"))


@given(
    st.dictionaries(NAMES, st.sampled_from(["content", "add/add", "rename/delete"]), min_size=1, max_size=5)
)
def test_conflicts_are_parsed_whatever_the_names_are(conflicts: dict[bytes, str]) -> None:
    oid = b"a" * 40
    entries = b"".join(b"100644 " + oid + b" 2\t" + name + b"\0" for name in conflicts)
    messages = b"".join(
        b"1\0" + name + b"\0CONFLICT (contents)\0CONFLICT (" + kind.encode() + b"): in " + name + b"\n\0"
        for name, kind in conflicts.items()
    )
    parsed = parse_merge(oid + b"\0" + entries + b"\0" + messages, clean=False, sides=("ours", "theirs"))
    assert {item.path: item.kind for item in parsed.conflicts} == {
        name_to_text(name): kind for name, kind in conflicts.items()
    }


@given(st.binary(max_size=100), st.booleans())
def test_an_answer_that_is_no_merge_is_an_error(output: bytes, clean: bool) -> None:
    for given_output in (output, b"a" * 40 + b"\0" + output):
        try:
            parse_merge(given_output, clean=clean)
        except GitError as error:
            assert error.hint
