"""Repositories armed to run commands fire nothing on the host."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from core.git.changes import changed_files
from core.git.command import reader_git
from core.git.depot import Depot
from core.git.diff import WHOLE, file_pages, patch_text
from core.git.landing import land
from core.git.merge import compute_merge, read_work
from core.git.obstacles import find_obstacles
from core.git.snapshot import import_snapshot, parse_snapshot
from core.git.user_repository import branches, inspect_repository, user_identity
from core.values.states import MergeStyle
from tests.git.world import World, commit, git, make_repository, write

HOOKS = ("post-checkout", "post-index-change", "reference-transaction", "post-rewrite", "pre-commit",
         "post-commit", "commit-msg", "pre-auto-gc", "proc-receive", "update", "pre-receive",
         "post-receive", "post-merge", "sendemail-validate", "fsmonitor-watchman")  # fmt: skip


class Trap:
    """A command that leaves a mark when anything runs it."""

    def __init__(self, folder: Path) -> None:
        self.mark = folder / "mark"
        self.command = folder / "trap"
        self.command.write_text(f'#!/bin/sh\necho "$0 $*" >>{self.mark}\ncat\n')
        self.command.chmod(0o755)

    def sprung(self) -> str:
        """What ran since the last question."""
        said = self.mark.read_text() if self.mark.exists() else ""
        self.mark.unlink(missing_ok=True)
        return said


def arm(git_dir: Path, trap: Trap) -> None:
    """Every setting, hook and attribute by which a git directory names a command."""
    it = str(trap.command)
    settings = {
        "core.fsmonitor": it, "core.hooksPath": str(git_dir / "armed-hooks"), "core.pager": it,
        "core.editor": it, "core.sshCommand": it, "core.askPass": it, "core.gitProxy": it,
        "core.alternateRefsCommand": it, "diff.external": it, "gpg.program": it, "gpg.ssh.program": it,
        "log.showSignature": "true", "commit.gpgSign": "true", "credential.helper": it,
        "uploadpack.packObjectsHook": it, "filter.trap.clean": it, "filter.trap.smudge": it,
        "filter.trap.process": it, "filter.trap.required": "true", "diff.trap.textconv": it,
        "diff.trap.command": it, "merge.trap.driver": it, "merge.default": "trap", "alias.fetch": f"!{it}",
        "protocol.ext.allow": "always", "remote.origin.url": f"ext::{it}", "remote.origin.promisor": "true",
        "extensions.partialClone": "origin", "gc.auto": "1", "interactive.diffFilter": it,
        "trailer.x.command": it, "receive.procReceiveRefs": "refs", "include.path": "more",
    }  # fmt: skip
    for key, value in settings.items():
        git(git_dir.parent, "config", "-f", str(git_dir / "config"), key, value)
    git(git_dir.parent, "config", "-f", str(git_dir / "more"), "core.fsmonitor", it)
    for folder in (git_dir / "hooks", git_dir / "armed-hooks"):
        folder.mkdir(exist_ok=True)
        for hook in HOOKS:
            (folder / hook).unlink(missing_ok=True)
            (folder / hook).symlink_to(trap.command)
    (git_dir / "info").mkdir(exist_ok=True)
    (git_dir / "info/attributes").write_text("* filter=trap diff=trap merge=trap\n")


@pytest.fixture
def trap(tmp_path: Path) -> Trap:
    return Trap(tmp_path)


QUESTIONS = (
    "status --porcelain=v2 -uall", "diff", "diff --cached", "diff HEAD", "diff HEAD~1 HEAD", "diff-files -p",
    "diff-index -p HEAD", "diff-tree -p HEAD~1 HEAD", "log -p -3", "log --format=%G?", "show HEAD~1",
    "cat-file -p HEAD:a.txt", "cat-file -p HEAD:gone.txt", "ls-files -m", "ls-files -s", "ls-tree -r HEAD",
    "grep two", "grep two HEAD", "blame a.txt", "for-each-ref", "rev-list --objects --all", "fsck",
    "merge-base HEAD HEAD~1", "merge-tree --write-tree HEAD HEAD~1", "update-ref refs/x/y HEAD",
    "update-index --refresh", "read-tree HEAD", "describe --always --dirty", "stash list", "archive HEAD",
    "commit-tree HEAD^{tree} -m x", "check-attr -a a.txt", "branch -a", "submodule status", "gc --auto",
    "fetch origin", "fetch . main:refs/x/z", "ls-remote origin", "pack-objects --all --stdout",
)  # fmt: skip
"""What may be asked of a repository, and much that is not."""


async def test_whatever_is_asked_of_an_armed_repository_runs_nothing(tmp_path: Path, trap: Trap) -> None:
    """The one way of starting git, with more than is asked today: content filters and drivers apart."""
    home = make_repository(tmp_path / "armed", {"a.txt": "one\ntwo\n", "gone.txt": "gone\n"})
    forged = git(home, "cat-file", "commit", "HEAD").replace(
        "\n\n", "\ngpgsig -----BEGIN PGP SIGNATURE-----\n forged\n -----END PGP SIGNATURE-----\n\n", 1
    )
    write(tmp_path, {"forged": forged})
    signed = git(home, "hash-object", "-t", "commit", "-w", "--literally", str(tmp_path / "forged"))
    git(home, "reset", "-q", "--hard", git(home, "commit-tree", "-p", signed, "-m", "x", "HEAD^{tree}"))
    arm(home / ".git", trap)
    for driver in ("filter.trap", "diff.trap", "merge.trap"):
        git(home, "config", "-f", ".git/config", "--remove-section", driver)
    (home / ".git/info/attributes").unlink()
    blob = git(home, "rev-parse", "HEAD:gone.txt")
    (home / ".git/objects" / blob[:2] / blob[2:]).unlink()  # a promised one, to be had from the remote
    write(home, {"a.txt": "dirty\n"})
    trap.sprung()
    ran = {}
    for question in QUESTIONS:
        await reader_git(home).run(*question.split(), ok=range(256), seconds=20)
        ran[question] = trap.sprung()
    assert {question: said for question, said in ran.items() if said} == {}
    subprocess.run(["git", "status"], cwd=home, capture_output=True, check=False)  # noqa: ASYNC221
    assert trap.sprung(), "the trap itself does not work"


async def test_nothing_of_an_armed_workspace_runs_on_the_host(world: World, trap: Trap) -> None:
    write(
        world.folder,
        {".gitattributes": "* filter=trap diff=trap merge=trap\n", "a.txt": "work\n", "n.txt": "n"},
    )
    git(world.folder, "init", "-q", "-b", "main", "nested")
    commit(world.folder / "nested", {"x": "x"}, "nested")
    arm(world.folder / "nested/.git", trap)
    claimed = world.run_script()
    assert not trap.sprung(), "a repository inside runs nothing even where it is looked at"
    arm(world.clone.git_dir, trap)
    subprocess.run(["git", "status"], cwd=world.folder, capture_output=True, check=False)  # noqa: ASYNC221
    assert trap.sprung(), "the trap itself does not work"

    commit(world.home, {"a.txt": "one\ntwo\nthree\nfour\nfive\nsix\n"}, "user's")
    await world.depot.refresh(world.user)
    await import_snapshot(world.depot, world.clone, parse_snapshot(claimed))
    work = await read_work(world.depot, "fix-it")
    assert work is not None
    found = await changed_files(world.depot, "r1", world.start, work.snapshot)
    assert {change.path for change in found} == {".gitattributes", "a.txt", "n.txt", "nested/x"}
    for change in found:
        pages = await file_pages(world.depot, world.start, work.snapshot, change, WHOLE)
        assert (await pages.window(0, 100, whole=True)).complete
        await pages.close()
    await patch_text(world.depot, world.start, work.snapshot)
    identity = await user_identity(world.user)
    for style in MergeStyle:
        merged = await compute_merge(
            world.depot, style=style, target=await world.depot.target("main"), work=work, message="m",
            identity=identity,
        )  # fmt: skip
        assert [item.path for item in merged.conflicts] == ["a.txt"]
    git(world.home, "reset", "-q", "--hard", "HEAD~1")
    await world.depot.refresh(world.user)
    merged = await compute_merge(
        world.depot, style=MergeStyle.MERGE, target=world.start, work=work, message="m", identity=identity
    )
    await land(world.user, world.depot, "main", old=merged.old, new=merged.new, label="merge")
    assert trap.sprung() == ""


async def test_hooks_monitors_and_signatures_do_not_run_for_a_snapshot(world: World, trap: Trap) -> None:
    write(world.folder, {"n.txt": "n"})
    arm(world.clone.git_dir, trap)
    for driver in ("filter.trap", "diff.trap", "merge.trap"):
        git(world.clone.git_dir, "config", "-f", "config", "--remove-section", driver)
    (world.clone.git_dir / "info/attributes").unlink()
    trap.sprung()
    assert parse_snapshot(world.run_script()).dirty
    assert trap.sprung() == ""


async def test_looking_at_an_armed_repository_of_the_user_runs_nothing(
    world: World, trap: Trap, tmp_path: Path
) -> None:
    write(world.folder, {"n.txt": "n"})
    merged = await world.computed()
    arm(world.home / ".git", trap)
    git(world.home, "config", "--unset", "extensions.partialClone")
    git(world.home, "config", "--unset", "remote.origin.promisor")
    git(world.home, "config", "--remove-section", "filter.trap")  # the user's own content filters do count
    trap.sprung()
    user = await inspect_repository(world.home)
    await branches(user)
    await user_identity(user)
    depot = Depot(tmp_path / "depots" / "another")
    await depot.ensure(user)
    await depot.refresh(user)
    assert await find_obstacles(user, world.depot, "main", merged.old, merged.new) == ()
    assert trap.sprung() == ""
