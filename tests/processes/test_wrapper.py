"""The wrapper script, run as it is by the shells that it promises to work in."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import ConflictError
from core.processes.command import Command
from core.processes.follow import Ended, follow
from core.processes.run_directory import ExitReport, RunDirectory
from core.processes.wrapper import wrapper_argv
from tests.waiting import until

BUSYBOX = shutil.which("busybox")


@pytest.fixture(params=["sh", "busybox"])
def shell(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A search path whose `sh` is the shell under test."""
    path = os.environ["PATH"]
    if request.param == "sh":
        return path
    if BUSYBOX is None:
        pytest.skip("busybox is not installed")
    folder = tmp_path / "bin"
    folder.mkdir()
    for applet in ("sh", "setsid", "rm", "tee"):
        (folder / applet).symlink_to(BUSYBOX)
    return f"{folder}:{path}"


class Wrapped:
    """Commands run through the wrapper, as a child of the test."""

    def __init__(self, folder: Path, path: str) -> None:
        self.folder = folder
        self.path = path
        self.children: list[subprocess.Popen[bytes]] = []

    def start(self, *argv: str, cwd: str = "/", stdin: bytes | None = None) -> RunDirectory:
        run = RunDirectory(self.folder / f"run{len(self.children)}")
        run.create(Command(argv, cwd, stdin=stdin))
        words = wrapper_argv(str(run.path), cwd, argv)
        environ = {**os.environ, "PATH": self.path}
        self.children.append(subprocess.Popen(words, env=environ, start_new_session=True, executable=None))
        return run

    async def finish(self, run: RunDirectory) -> tuple[ExitReport | None, bytes, bytes]:
        child = self.children[int(run.id.removeprefix("run"))]

        async def alive() -> bool:
            return child.poll() is None

        async with asyncio.timeout(20):
            async for event in follow(run, alive):
                if isinstance(event, Ended):
                    return event.report, run.read("out", 0), run.read("err", 0)
        raise AssertionError

    async def run(self, *argv: str, cwd: str = "/") -> tuple[int, bytes, bytes]:
        report, out, err = await self.finish(self.start(*argv, cwd=cwd, stdin=b""))
        assert report is not None
        return report.code, out, err


@pytest.fixture
def wrapped(tmp_path: Path, shell: str) -> Iterator[Wrapped]:
    made = Wrapped(tmp_path, shell)
    yield made
    for child in made.children:
        child.kill()
        child.wait()


async def test_output_errors_and_exit_code_are_kept(wrapped: Wrapped) -> None:
    assert await wrapped.run("sh", "-c", "echo out; echo err >&2; exit 3") == (3, b"out\n", b"err\n")


@pytest.mark.parametrize(("signal", "code"), [("KILL", 137), ("TERM", 143), ("SEGV", 139), ("INT", 130)])
async def test_a_signal_becomes_its_exit_code_and_nothing_is_added_to_the_output(
    wrapped: Wrapped, signal: str, code: int
) -> None:
    assert await wrapped.run("sh", "-c", f"ulimit -c 0; kill -s {signal} $$") == (code, b"", b"")


async def test_a_missing_command_is_127_and_named(wrapped: Wrapped) -> None:
    code, _, err = await wrapped.run("no-such-command")
    assert (code, b"no-such-command" in err) == (127, True)


async def test_a_command_that_is_not_executable_fails(wrapped: Wrapped, tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("text")
    code, _, err = await wrapped.run(str(tmp_path / "plain"))
    assert code in (126, 127) and b"plain" in err


async def test_a_missing_folder_is_126_and_named(wrapped: Wrapped) -> None:
    code, _, err = await wrapped.run("true", cwd="/no/such/folder")
    assert (code, b"/no/such/folder" in err) == (126, True)


async def test_arguments_and_folder_are_data(wrapped: Wrapped, tmp_path: Path) -> None:
    odd = tmp_path / "-n $(touch planted) [x]\n*"
    odd.mkdir()
    code, out, _ = await wrapped.run(
        "sh", "-c", 'pwd; printf "%s|" "$@"', "x", "-n", "$(id)", "a\nb", cwd=str(odd)
    )
    assert (code, out) == (0, f"{odd}\n-n|$(id)|a\nb|".encode())


async def test_a_command_can_be_interrupted(wrapped: Wrapped) -> None:
    script = "import signal; print(signal.getsignal(signal.SIGINT) == signal.default_int_handler)"
    assert await wrapped.run("python3", "-c", script) == (0, b"True\n", b"")


async def test_the_command_leads_a_session_of_its_own(wrapped: Wrapped) -> None:
    script = "import os; print(os.getsid(0) == os.getpid())"
    assert await wrapped.run("python3", "-c", script) == (0, b"True\n", b"")


async def test_the_command_inherits_the_run_id_and_no_descriptors(wrapped: Wrapped) -> None:
    script = (
        'echo $BOATYARD_RUN; for f in 3 4 5 6 7 8 9; do [ ! -e /proc/self/fd/$f ] || echo "open $f"; done'
    )
    code, out, _ = await wrapped.run("sh", "-c", script)
    assert (code, out) == (0, b"run0\n")


async def test_known_input_is_given_with_its_end(wrapped: Wrapped) -> None:
    report, out, _ = await wrapped.finish(wrapped.start("cat", stdin=b"all of it"))
    assert (report, out) == (ExitReport(0), b"all of it")


async def test_input_comes_piece_by_piece_until_it_is_closed(wrapped: Wrapped) -> None:
    run = wrapped.start("cat")
    await until(run.started)
    await run.write_input(b"one ")
    await until(lambda: run.size("out") == 4)
    assert run.exit_report() is None
    await run.write_input(b"two")
    run.close_input()
    assert (await wrapped.finish(run))[:2] == (ExitReport(0), b"one two")


async def test_more_input_than_a_pipe_holds_arrives_whole(wrapped: Wrapped) -> None:
    run = wrapped.start("sh", "-c", "wc -c")
    await until(run.started)
    await run.write_input(b"x" * 1_000_000)
    run.close_input()
    assert (await wrapped.finish(run))[1].strip() == b"1000000"


async def test_how_much_input_was_given_is_known_also_where_the_command_reads_none_of_it(
    wrapped: Wrapped,
) -> None:
    run = wrapped.start("sh", "-c", "read -r go; cat >/dev/null; read -r never")
    await until(run.started)
    assert run.input_given() == 0
    await run.write_input(b"x" * 100_000)  # more than the pipe to the command holds: the rest waits
    await until(lambda: run.input_given() == 100_000)
    await run.write_input(b"\n" + b"y" * 10_000)
    await until(lambda: run.input_given() == 110_001)
    run.close_input()
    assert (await wrapped.finish(run))[0] == ExitReport(1)
    assert run.input_given() is None


async def test_input_is_given_where_there_is_no_tee_but_not_counted(tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    for program in ("sh", "rm", "cat"):
        (folder / program).symlink_to(str(shutil.which(program)))
    wrapped = Wrapped(tmp_path, str(folder))
    run = wrapped.start("cat")
    await until(run.started)
    assert run.input_given() is None
    await run.write_input(b"all of it")
    run.close_input()
    assert (await wrapped.finish(run))[:2] == (ExitReport(0), b"all of it")
    wrapped.children[0].wait()


async def test_writers_take_turns(wrapped: Wrapped) -> None:
    run = wrapped.start("sh", "-c", "tr -s ab | wc -c")
    await until(run.started)
    await asyncio.gather(*(run.write_input(letter * 200_000) for letter in (b"a", b"b", b"a", b"b")))
    run.close_input()
    assert int((await wrapped.finish(run))[1]) <= 4


async def test_closing_input_again_or_late_changes_nothing(wrapped: Wrapped) -> None:
    run = wrapped.start("cat")
    await until(run.started)
    run.close_input()
    run.close_input()
    assert (await wrapped.finish(run))[0] == ExitReport(0)
    run.close_input()
    with pytest.raises(ConflictError):
        await run.write_input(b"too late")


async def test_a_wrapper_lives_until_it_has_reported(wrapped: Wrapped) -> None:
    run = wrapped.start("cat")
    await until(run.started)
    assert run.alive()
    run.close_input()
    await wrapped.finish(run)
    await until(lambda: not run.alive())


async def test_a_background_child_that_keeps_running_does_not_hold_the_end_back(wrapped: Wrapped) -> None:
    run = wrapped.start("sh", "-c", "sleep 60 & echo $!; exit 4", stdin=b"")
    report, out, _ = await wrapped.finish(run)
    os.kill(int(out), 9)
    assert report == ExitReport(4)
    await until(lambda: not run.alive())


async def test_it_works_where_there_is_no_setsid(tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    for program in ("sh", "rm"):
        (folder / program).symlink_to(str(shutil.which(program)))
    wrapped = Wrapped(tmp_path, str(folder))
    assert await wrapped.run("sh", "-c", "echo fine; exit 5") == (5, b"fine\n", b"")
    for child in wrapped.children:
        child.wait()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting a small disk is not allowed here; it needs root")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


async def test_a_full_disk_loses_output_but_no_exit_code(small_disk: Path) -> None:
    wrapped = Wrapped(small_disk, os.environ["PATH"])
    run = wrapped.start("sh", "-c", "head -c 1000000 /dev/zero; exit 9", stdin=b"")
    report, _, _ = await wrapped.finish(run)
    wrapped.children[0].wait()
    assert report == ExitReport(9)
    assert run.size("out") < 65536
