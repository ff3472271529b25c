"""What every runner promises, tried on each of them with real processes."""

from __future__ import annotations

import asyncio
import os
import pty
import subprocess
import uuid

import pytest

from core.errors import BoatyardError, ConflictError, UsageError
from core.processes import Command, Ended, ExitReport, RunDirectory, follow
from core.runners import Environment, EnvironmentState, Runner
from core.runners.short_command import OUTPUT_LIMIT, new_run
from tests.waiting import until, until_async


async def spawn(
    runner: Runner,
    environment: Environment,
    *argv: str,
    cwd: str = "",
    env: dict[str, str] | None = None,
    stdin: bytes | None = None,
) -> RunDirectory:
    run = RunDirectory(environment.runs / uuid.uuid4().hex)
    command = Command(argv, cwd or str(environment.folder), env or {}, stdin)
    await runner.spawn(environment, run, command)
    return run


async def finish(
    runner: Runner, env: Environment, run: RunDirectory
) -> tuple[ExitReport | None, bytes, bytes]:
    parts = {"out": bytearray(), "err": bytearray()}
    async with asyncio.timeout(60):
        async for event in follow(run, lambda: runner.alive(env, run)):
            if isinstance(event, Ended):
                return event.report, bytes(parts["out"]), bytes(parts["err"])
            parts[event.stream] += event.data
    raise AssertionError


async def test_it_says_that_it_can_be_used_and_whether_it_isolates(runner: Runner) -> None:
    info = await runner.probe()
    assert info.available and info.detail
    assert (info.kind, info.isolates) == (runner.kind, runner.isolates)


async def test_a_process_gets_its_folder_arguments_and_variables(
    runner: Runner, environment: Environment
) -> None:
    script = 'pwd; echo "$1 $COLOUR $BOATYARD_WORKSPACE"'
    run = await spawn(runner, environment, "sh", "-c", script, "x", "a b", env={"COLOUR": "blue"}, stdin=b"")
    report, out, err = await finish(runner, environment, run)
    assert (report, err) == (ExitReport(0), b"")
    assert out.decode() == f"{environment.folder}\na b blue ws\n"


@pytest.mark.parametrize(
    ("script", "code"), [("exit 0", 0), ("exit 3", 3), ("kill -9 $$", 137), ("kill -TERM $$", 143)]
)
async def test_exit_codes_are_true(runner: Runner, environment: Environment, script: str, code: int) -> None:
    run = await spawn(runner, environment, "sh", "-c", script)
    assert (await finish(runner, environment, run))[0] == ExitReport(code)


async def test_a_missing_command_is_an_end_and_no_error(runner: Runner, environment: Environment) -> None:
    run = await spawn(runner, environment, "no-such-command")
    report, _, err = await finish(runner, environment, run)
    assert report == ExitReport(127) and b"no-such-command" in err


async def test_a_missing_folder_is_an_end_and_no_error(runner: Runner, environment: Environment) -> None:
    run = await spawn(runner, environment, "true", cwd="/no/such/folder")
    report, _, err = await finish(runner, environment, run)
    assert report == ExitReport(126) and b"/no/such/folder" in err


async def test_an_impossible_command_leaves_nothing_behind(runner: Runner, environment: Environment) -> None:
    with pytest.raises(UsageError):
        await spawn(runner, environment, "x", "a\0b")
    assert list(environment.runs.iterdir()) == []


@pytest.mark.slow
async def test_ten_megabytes_of_output_arrive_whole(runner: Runner, environment: Environment) -> None:
    script = "import sys; [sys.stdout.write('%07d\\n' % n) for n in range(1_310_720)]; sys.exit(4)"
    run = await spawn(runner, environment, "python3", "-c", script)
    report, out, _ = await finish(runner, environment, run)
    assert (report, len(out)) == (ExitReport(4), 10 * 1024**2)
    assert out == b"".join(b"%07d\n" % number for number in range(1_310_720))


async def test_input_arrives_and_closing_it_is_end_of_file(runner: Runner, environment: Environment) -> None:
    run = await spawn(runner, environment, "cat")
    await run.write_input(b"hello ")
    await until(lambda: run.size("out") == 6)
    await run.write_input(b"world")
    await runner.close_input(environment, run)
    assert (await finish(runner, environment, run))[:2] == (ExitReport(0), b"hello world")


async def test_a_process_lives_until_it_ends(runner: Runner, environment: Environment) -> None:
    run = await spawn(runner, environment, "cat")
    assert await runner.alive(environment, run)
    await runner.close_input(environment, run)
    await finish(runner, environment, run)
    await until_async(lambda: dead(runner, environment, run))


async def dead(runner: Runner, env: Environment, run: RunDirectory) -> bool:
    return not await runner.alive(env, run)


LONG = str(100_000 + os.getpid())
"""Seconds that sleeps last which have to be ended; no other test's process on this machine says the same."""
TREE = f"""
setsid sh -c 'echo started; setsid sleep {LONG} & wait' &
(setsid env -i sleep {LONG} &)
echo started
wait
"""


async def nobody_left(runner: Runner, env: Environment) -> bool:
    """Whether nothing of the workspace sleeps any more, seen from inside; zombies have no command line."""
    script = f"grep -lz '^{LONG}$' /proc/[0-9]*/cmdline"
    return (await runner.exec(env, ("sh", "-c", script), cwd="/")).out == b""


async def test_everything_that_a_process_started_is_ended(runner: Runner, environment: Environment) -> None:
    run = await spawn(runner, environment, "sh", "-c", TREE)
    await until(lambda: run.read("out", 0).count(b"started") == 2)
    assert not await nobody_left(runner, environment)
    await runner.terminate(environment, run, 5.0)
    assert await nobody_left(runner, environment)
    assert (await finish(runner, environment, run))[0] == ExitReport(143)


async def test_what_ignores_the_request_to_end_is_killed(runner: Runner, environment: Environment) -> None:
    run = await spawn(runner, environment, "sh", "-c", "trap '' TERM; echo up; while :; do sleep 600; done")
    await until(lambda: run.size("out"))
    await runner.terminate(environment, run, 0.2)
    assert (await finish(runner, environment, run))[0] == ExitReport(137)


async def test_ending_one_process_leaves_the_others(runner: Runner, environment: Environment) -> None:
    doomed, spared = [await spawn(runner, environment, "cat") for _ in range(2)]
    await runner.terminate(environment, doomed, 5.0)
    assert (await finish(runner, environment, doomed))[0] == ExitReport(143)
    await spared.write_input(b"still here")
    await runner.close_input(environment, spared)
    assert (await finish(runner, environment, spared))[:2] == (ExitReport(0), b"still here")


async def test_stopping_ends_all_processes_with_their_exit_codes(
    runner: Runner, environment: Environment
) -> None:
    runs = [await spawn(runner, environment, "cat") for _ in range(2)]
    await runner.stop(environment)
    ends = [await finish(runner, environment, run) for run in runs]
    assert [report for report, _, _ in ends] == [ExitReport(143)] * 2


async def test_files_survive_stopping_and_starting_again(runner: Runner, environment: Environment) -> None:
    assert (await runner.exec(environment, ("sh", "-c", "echo kept >file"))).exit_code == 0
    await runner.stop(environment)
    await runner.ensure(environment)
    assert await runner.state(environment) is EnvironmentState.RUNNING
    assert (await runner.exec(environment, ("cat", "file"))).out == b"kept\n"
    assert (environment.folder / "file").read_text() == "kept\n"


async def test_everything_may_be_done_twice(runner: Runner, environment: Environment) -> None:
    await runner.ensure(environment)
    await runner.stop(environment)
    await runner.stop(environment)
    await runner.remove(environment)
    await runner.remove(environment)
    await runner.ensure(environment)
    assert (await runner.exec(environment, ("echo", "back"))).out == b"back\n"


async def test_a_short_command_gives_all_it_wrote(runner: Runner, environment: Environment) -> None:
    result = await runner.exec(
        environment,
        ("sh", "-c", "cat; echo $EXTRA >&2; exit 5"),
        cwd="/",
        variables={"EXTRA": "yes"},
        stdin=b"in",
    )
    assert (result.exit_code, result.out, result.err) == (5, b"in", b"yes\n")
    assert list(environment.runs.iterdir()) == []


async def test_a_short_command_that_takes_too_long_is_stopped(
    runner: Runner, environment: Environment
) -> None:
    with pytest.raises(BoatyardError, match=r"within 0\.5 s"):
        await runner.exec(environment, ("sleep", LONG), timeout_seconds=0.5)
    await until_async(lambda: nobody_left(runner, environment))


async def test_a_short_command_that_writes_without_end_is_stopped(
    runner: Runner, environment: Environment
) -> None:
    with pytest.raises(BoatyardError, match=f"more than {OUTPUT_LIMIT // 1024**2} MiB"):
        await runner.exec(environment, ("cat", "/dev/zero"))


async def test_a_cancelled_short_command_leaves_nothing(runner: Runner, environment: Environment) -> None:
    task = asyncio.create_task(runner.exec(environment, ("sleep", LONG)))
    await until(lambda: any(RunDirectory(path).pids() for path in environment.runs.iterdir()))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until_async(lambda: nobody_left(runner, environment))


async def test_a_missing_program_that_is_needed_is_told_beforehand(
    runner: Runner, environment: Environment
) -> None:
    with pytest.raises(BoatyardError, match="no-such-program"):
        await runner.exec(environment, ("no-such-program",), needs="no-such-program")


async def test_a_run_directory_cannot_be_used_twice(runner: Runner, environment: Environment) -> None:
    run = await spawn(runner, environment, "cat")
    with pytest.raises(ConflictError):
        await runner.spawn(environment, run, Command(("cat",), "/"))
    assert run.alive()


async def test_secrets_are_in_no_command_line(runner: Runner, environment: Environment) -> None:
    run = await spawn(runner, environment, "cat", env={"TOKEN": "s3cr3t-token"})
    shown = subprocess.run(["ps", "-eo", "args"], capture_output=True, check=True).stdout  # noqa: ASYNC221
    assert b"s3cr3t-token" not in shown and run.alive()


def in_terminal(argv: tuple[str, ...]) -> str:
    """All that a command writes to a terminal of its own."""
    master, slave = pty.openpty()
    with subprocess.Popen(argv, stdin=slave, stdout=slave, stderr=slave, start_new_session=True) as child:
        os.close(slave)
        parts = []
        while True:
            try:
                parts.append(os.read(master, 4096))
            except OSError:  # The terminal's other side is closed.
                break
        child.wait(timeout=30)
    os.close(master)
    return b"".join(parts).decode()


async def test_the_users_terminal_gets_a_shell_inside(runner: Runner, environment: Environment) -> None:
    script = "pwd; echo $BOATYARD_WORKSPACE; tty; stty size >/dev/null && echo sized"
    text = in_terminal(runner.shell_argv(environment, ("sh", "-c", script)))
    folder, workspace, terminal, sized = text.split()
    assert (folder, workspace, sized) == (str(environment.folder), "ws", "sized")
    assert terminal.startswith("/dev/pts/")


async def test_paths_are_the_same_inside(runner: Runner, environment: Environment) -> None:
    assert runner.path_of(environment, environment.runs / "x") == str(environment.runs / "x")
    assert runner.path_of(environment, environment.folder) == str(environment.folder)


async def test_a_lost_process_is_told_as_lost(runner: Runner, environment: Environment) -> None:
    run = await spawn(runner, environment, "cat")
    pid = run.pid()
    await runner.exec(environment, ("kill", "-9", str(pid)))
    report, _, _ = await finish(runner, environment, run)
    assert report is None


async def test_short_commands_of_a_killed_engine_are_cleared_away_and_no_others(
    runner: Runner, environment: Environment
) -> None:
    old, new = new_run(environment.runs), new_run(environment.runs)
    process = RunDirectory(environment.runs / uuid.uuid4().hex)
    for run in (old, new, process):
        run.create(Command(("true",), "/"))
    for run in (old, process):
        os.utime(run.path, (0, 0))
    await runner.ensure(environment)
    assert {path.name for path in environment.runs.iterdir()} == {new.id, process.id}
