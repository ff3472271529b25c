"""In plain lines, over a real engine: a task is started, allowed, read and merged by numbers alone."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.acceptance.user import COMMAND, User, git, make_repository
from tests.tui.test_plain import PATIENCE, Spoken

pytestmark = pytest.mark.slow
READ, ANSWER, DIFF, MERGE, LOOK = "1", "3", "4", "5", "7"
"""What the numbers of the menu of a workspace stand for."""


def look_until(talk: Spoken, *texts: str) -> None:
    """Asks to look again until one of them is told, and leaves the menu's question to be answered."""
    talk.until("What next?")
    while not any(text in talk.written for text in texts):
        talk.say(LOOK)
        talk.until("What next?")


def test_a_task_is_started_allowed_read_and_merged_in_plain_lines(user: User, tmp_path: Path) -> None:
    user.env |= {"TERM": "dumb", "DOCKER_HOST": "unix:///nonexistent/docker.sock"}
    repository = make_repository(tmp_path / "repo", {"README.md": "# Harbour\n"})
    process = subprocess.Popen(
        [*COMMAND, "--plain"], env=user.environment, cwd=repository, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    talk = Spoken(process)
    try:
        for text, answer in (
            ("to leave.", "n"), ("Path of the repository?", ""), ("What is to be done?", "Greet a boat"),
            ("Which agent?", "1"), ("greet-a-boat: done.", ""), ("to leave.", "1"),
        ):  # fmt: skip
            talk.until(text)
            talk.say(answer)
        look_until(talk, "The agent asks: Create NOTES.md")
        talk.say(ANSWER)
        talk.until("Create NOTES.md?")
        talk.say("1")
        talk.until("Answered: Allow")
        look_until(talk, "ready for review,", "finished unseen,")
        talk.say(DIFF)
        talk.until("added: NOTES.md, 3 added, 0 removed")
        talk.say("y")
        talk.until("+- Greet a boat")
        talk.until("What next?")
        talk.say(READ)
        talk.until("Agent: **Done.** I changed `NOTES.md`")
        talk.until("What next?")
        talk.say(MERGE)
        talk.until("Into main: 1 file.")
        talk.say("yes")
        talk.until("Merged.")
        talk.until("What next?")
        talk.say("0")
        talk.until("to leave.")
        talk.say("q")
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait()
        talk.close()
    assert git(repository, "show", "main:NOTES.md").endswith("- Greet a boat")
    assert git(repository, "status", "--porcelain") == ""
    assert "\x1b" not in talk.written
