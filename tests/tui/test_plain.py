"""The interface in plain lines: what is asked, what is answered, and that nothing else is ever written."""

from __future__ import annotations

import queue
import shlex
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.values.conversation import Entry, EntryKind
from core.values.entities import ApprovalOption
from core.values.states import Activity, TaskStatus
from tests.acceptance.user import COMMAND, User, make_repository
from tests.tui.fake_engine import FakeEngine, changed_file
from tui.plain.lines import Lines
from tui.plain.yard import PlainYard

PATIENCE = 60.0


async def plain(bare_engine: FakeEngine, *typed: str) -> str:
    """What is written when these lines are typed, and then nothing more."""
    given: Iterator[str] = iter([*(f"{line}\n" for line in typed), ""])
    written: list[str] = []
    lines = Lines(lambda: next(given), written.append)
    await PlainYard(bare_engine, lines).run()  # type: ignore[arg-type]
    return "".join(written)


async def test_all_is_listed_and_a_number_opens_it(engine: FakeEngine) -> None:
    engine.put_entry(
        "second", Entry(id="1", process_id="p", kind=EntryKind.MESSAGE, order=0, text="All done.")
    )
    told = await plain(engine, "2", "1", "0", "q")
    assert "2 workspaces." in told and "1. first: running. Task: Redirect after login" in told
    assert "second: ready for review, branch boatyard/second." in told
    assert "Agent: All done." in told and "1 task without a workspace." in told


@pytest.mark.parametrize("choice", ["1", "4"], ids=["the conversation", "the diff"])
async def test_what_was_read_is_no_longer_unseen(engine: FakeEngine, choice: str) -> None:
    engine.set_workspace(engine.workspaces_["second"], activity=Activity.UNSEEN)
    engine.changed = (changed_file("a.py", 1, 0),)
    told = await plain(engine, "2", choice, "", "0", "q")
    before, _, after = told.partition("second: finished unseen, branch")
    assert before and "second: ready for review" in after and "second: finished unseen" not in after
    assert ("1 line added, 0 removed" in told) == (choice == "4")


async def test_the_agent_is_written_to_answered_and_its_work_merged(engine: FakeEngine) -> None:
    options = (ApprovalOption(id="yes", name="Yes, once", kind="allow_once"),)
    engine.put_approval("second", "Write to a.py", "+ new", options)
    engine.changed = (changed_file("a.py", 7, 2),)
    told = await plain(engine, "1", "3", "1", "2", "Now a test", "4", "", "5", "yes", "0", "q")
    assert "The agent asks: Write to a.py" in told and "Answered: Yes, once." in told
    assert ("send", ("second", "Now a test")) in engine.calls
    assert "a.py, 7 added, 2 removed" in told and "Merged." in told


async def test_a_task_is_made_started_and_finished_with(engine: FakeEngine) -> None:
    told = await plain(engine, "n", "1", "Write it down", "1", "q")
    assert "It is being made." in told
    assert [value.title for call, value in engine.calls if call == "add_task"] == ["Write it down"]
    await plain(engine, "4", "2", "q")
    export = next(each for each in engine.tasks_.values() if each.title == "Drop the old export")
    assert export.status is TaskStatus.DONE


async def test_what_is_typed_wrong_and_what_fails_is_told_and_one_goes_on(engine: FakeEngine) -> None:
    told = await plain(engine, "99", "nonsense", "1", "9", "0", "q")
    assert told.count("is none of them") == 3
    engine.up = False
    told = await plain(engine, "3", "2", "q")
    assert "That failed: the engine does not answer" in told


async def test_outside_text_is_only_text(bare_engine: FakeEngine) -> None:
    project = bare_engine.put_project("app\x1b]52;c;x\x07")
    bare_engine.put_workspace(bare_engine.put_task(project, "title\x1b[2J\u202e"), "first")
    told = await plain(bare_engine, "n", "0", "1")
    assert "\x1b" not in told and "\x07" not in told and "\u202e" not in told


async def test_the_end_of_all_input_leaves(engine: FakeEngine) -> None:
    assert "2 workspaces." in await plain(engine)
    assert "What next?" in await plain(engine, "1")


@pytest.mark.slow
@pytest.mark.parametrize("argv", [["--plain"], []])
def test_a_task_goes_from_its_title_to_the_merge_over_a_real_engine(tmp_path: Path, argv: list[str]) -> None:
    user = User(tmp_path / "home", {"TERM": "dumb", "DOCKER_HOST": "unix:///nonexistent/docker.sock"})
    repository = make_repository(tmp_path / "repo", {"README.md": "# FakeEngine\n"})
    shell = [*COMMAND, *argv] if argv else ["script", "-qec", shlex.join(COMMAND), "/dev/null"]
    process = subprocess.Popen(
        shell, env=user.environment, cwd=repository, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    talk = Spoken(process)
    try:
        for text, answer in (
            ("to leave.", "n"), ("Path of the repository?", ""), ("What is to be done?", "Greet a boat"),
            ("Which agent?", "1"), ("greet-a-boat: done.", ""), ("to leave.", "1"), ("What next?", "0"),
        ):  # fmt: skip
            talk.until(text)
            talk.say(answer)
        talk.until("to leave.")
        talk.say("q")
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait()
        talk.close()
        user.boatyard("engine", "stop", ok=False)
    assert "\x1b" not in talk.written


class Spoken:
    """A program that asks in lines, read as it writes them."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None and process.stdout is not None
        self._input, self._output = process.stdin, process.stdout
        self._lines: queue.Queue[str] = queue.Queue()
        self.written = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def close(self) -> None:
        """After the program has ended."""
        self._reader.join(PATIENCE)
        self._input.close()
        self._output.close()

    def _read(self) -> None:
        for line in self._output:
            self._lines.put(line)

    def until(self, text: str) -> None:
        """Reads on to a line with this in it."""
        line = ""
        while text not in line:
            try:
                line = self._lines.get(timeout=PATIENCE)
            except queue.Empty:
                raise AssertionError(f"{text!r} was not said in {self.written}") from None
            self.written += line

    def say(self, line: str) -> None:
        self._input.write(f"{line}\n")
        self._input.flush()


async def test_a_merge_that_nobody_agrees_to_is_said_not_to_be_done(engine: FakeEngine) -> None:
    engine.changed = (changed_file("a.py", 7, 2),)
    told = await plain(engine, "2", "5", "no", "0", "q")
    assert "Nothing was done." in told and not any(call == "merge" for call, _ in engine.calls)
    assert "Merged." in await plain(engine, "2", "5", "Y", "0", "q")
