"""Everything that a program in a container may try against its host; none of it succeeds."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest

from core.errors import BoatyardError
from core.values.entities import Workspace
from core.values.requests import MergeWorkspace, NewWorkspace, RunCommand, TakeCheckpoint, WantedSettings
from core.values.states import RunnerKind
from tests.acceptance.user import picture
from tests.yard import Yard, git

pytestmark = [pytest.mark.container, pytest.mark.slow]

MARK = uuid.uuid4().hex
"""Stands in every file of the host that must not be read; put together inside, not to be found itself."""
ELSEWHERE = "--exclude-dir=proc --exclude-dir=sys --exclude-dir=usr"
FIND = f"grep -rlsI {ELSEWHERE} -e {MARK[:16]}''{MARK[16:]} / ; :"
SOCKETS = "find / \\( -path /proc -o -path /sys \\) -prune -o -type s -print"
REACH = """
import os, socket, sys
for path in sys.argv[1:]:
    try:
        os.lstat(path)
        print("there is", path)
    except FileNotFoundError:
        continue
    try:
        socket.socket(socket.AF_UNIX).connect(path)
        print("reached", path)
    except OSError:
        pass
"""
HARM = (
    "mount -t tmpfs x /mnt", "mknod /tmp/disk b 8 0", "unshare -r true", "chroot / true",
    "date -s 2001-01-01", "ip link set lo down", "dmesg",
    "echo x >/proc/sysrq-trigger", "echo x >/proc/sys/kernel/hostname",
    "echo x >/sys/kernel/profiling",
)  # fmt: skip
HOOKS = "post-checkout post-index-change reference-transaction pre-commit post-merge pre-receive update"
KEYS = (
    "core.fsmonitor core.sshCommand core.pager diff.external gpg.program uploadpack.packObjectsHook "
    "filter.x.clean filter.x.smudge filter.x.process diff.x.command diff.x.textconv merge.x.driver"
)
TRICKS = f"""
cd /boatyard/git/repo && mkdir -p hooks info
for hook in {HOOKS}; do printf '#!/bin/sh\n%s\n' "$1" >hooks/$hook; chmod 755 hooks/$hook; done
for key in {KEYS}; do git config -f config $key "$1"; done
git config -f config log.showSignature true
echo '* filter=x diff=x merge=x' >info/attributes
"""


@pytest.fixture
async def inside(yard: Yard, docker_engine: str) -> Workspace:
    """A workspace in a container, of a repository whose devcontainer.json would like to have the host."""
    mounts = [f"source={yard.folder},target=/host,type=bind", "source=/,target=/all,type=bind",
              "source=/var/run/docker.sock,target=/var/run/docker.sock,type=bind"]  # fmt: skip
    wish = {"image": docker_engine, "mounts": mounts, "privileged": True, "runArgs": ["--privileged"],
            "initializeCommand": f"touch {yard.folder}/pwned"}  # fmt: skip
    files = {"README.md": "# Repo\n", ".devcontainer/devcontainer.json": json.dumps(wish)}
    repository = yard.repository(files=files)
    (repository / "uncommitted.txt").write_text(MARK)
    other = await yard.workspace(repository, name="other")
    (Path(other.repos[0].path) / "private.txt").write_text(MARK)
    (yard.home.config / "config.toml").write_text(f"{yard.config}# {MARK}\n")
    (yard.folder / "file").write_text(MARK)
    settings = WantedSettings(runner=RunnerKind.DOCKER, network="none")
    task = await yard.task("Get out", repository)
    body = NewWorkspace(task=task.id, name="inside", settings=settings)
    await yard.done(await yard.client.new_workspace(body))
    return await yard.client.workspace("inside")


async def run(yard: Yard, *argv: str) -> str:
    """All that a command in the container wrote."""
    process = await yard.client.run_command("inside", RunCommand(argv=argv))
    await yard.client.wait_process(process.id)
    return (await yard.client.log(process.id)).text + (await yard.client.log(process.id, stream="err")).text


async def test_nothing_of_the_host_is_found_reached_or_changed(yard: Yard, inside: Workspace) -> None:
    repository, home = yard.folder / "repo", yard.home
    before = picture(repository)
    (depot,) = home.depots.glob("*.git")
    assert await run(yard, "sh", "-c", FIND) == ""
    assert await run(yard, "sh", "-c", SOCKETS) == "/boatyard/etc/tools.sock\n", "its own tools' alone"
    paths = [repository, repository / ".git", depot / "config", depot / "refs", depot / "HEAD", home.socket,
             home.socket.parent, home.database, home.config, home.published, home.served, home.trash,
             home.workspaces / "other", home.workspaces / "other" / "code" / "repo", yard.folder / "file",
             Path("/var/run/docker.sock"), Path("/run/docker.sock"), Path("/host"), Path("/all")]  # fmt: skip
    assert await run(yard, "python3", "-c", REACH, *map(str, paths)) == ""
    script = "".join(f"({each}) >/dev/null 2>&1 && echo done: {each}\n" for each in HARM)
    assert await run(yard, "sh", "-c", script) == ""
    assert picture(repository) == before
    assert not (yard.folder / "pwned").exists()


async def test_what_it_does_to_its_own_git_runs_nothing_outside(yard: Yard, inside: Workspace) -> None:
    repository, mark = yard.folder / "repo", yard.folder / "pwned"
    await run(yard, "sh", "-c", "echo work >work.txt && git add work.txt && git commit -qm work")
    await run(yard, "sh", "-c", TRICKS, "sh", f"touch {mark}; cat")
    looks = (
        lambda: yard.client.diff("inside"),
        lambda: yard.client.files("inside", "repo"),
        lambda: yard.client.take_checkpoint("inside", TakeCheckpoint(message="m")),
        lambda: yard.client.merge_preview("inside"),
        lambda: yard.client.merge("inside", MergeWorkspace()),
        lambda: yard.client.loss("inside"),
    )
    for look in looks:
        try:
            await look()
        except BoatyardError as error:  # its own git may have become useless to it
            assert "unexpected" not in error.message
        assert not mark.exists()
    git(repository, "fsck", "--strict")


async def test_a_log_that_it_turns_into_a_link_leads_nowhere(yard: Yard, inside: Workspace) -> None:
    target = yard.folder / "file"
    runs = yard.home.workspaces / "inside" / "runs"
    each = f"for name in out err exit; do ln -sf {target} $run/$name; done"
    script = f"cd {runs} && for run in */; do {each}; done; sleep 600"
    process = await yard.client.run_command("inside", RunCommand(argv=("sh", "-c", script)))
    done = await yard.client.run_command("inside", RunCommand(argv=("true",)))
    await yard.client.wait_process(done.id)
    await yard.client.stop_process(process.id)
    for found in await yard.client.processes("inside"):
        for stream in ("out", "err"):
            try:
                assert MARK not in (await yard.client.log(found.id, stream=stream)).text
            except BoatyardError as error:
                assert MARK not in error.message
    assert target.read_text() == MARK
