"""Any command as an agent."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.agents.command import OUTPUT_LIMIT, CommandDriver, CommandExecutor
from core.agents.driver import TurnEnded, TurnRequest, Upsert
from core.errors import AgentError
from core.supervision.transcript import REPLAY_CHUNK, Stream, Transcript, replay
from core.values.conversation import EntryKind
from core.values.states import ProcessStatus
from tests.agents.native_double import recorded
from tests.agents.pump import play


def executor(*argv: str, **given: str) -> CommandExecutor:
    return CommandExecutor("mine", "My agent", argv, install=given.get("install", ""))


def request(prompt: str) -> TurnRequest:
    return TurnRequest("p1", prompt, "/repo")


def heard(driver: CommandDriver, line: bytes) -> Upsert:
    """What the conversation has after a line that was read alone."""
    *_, effect = [*driver.receive(line, 1.0), *driver.flush()]
    assert isinstance(effect, Upsert)
    return effect


ECHO = "import sys; print('argument:', sys.argv[1]); print('input:', sys.stdin.read())"


async def test_the_prompt_is_an_argument_and_on_standard_input(tmp_path: Path, env: dict[str, str]) -> None:
    prompt = "$(touch pwned) `id` 'quoted' \"twice\"; exit\nsecond line ⛵"
    played = await play(executor(sys.executable, "-c", ECHO, "{prompt}"), prompt, tmp_path, env=env)
    assert played.ended.status is ProcessStatus.COMPLETED, played.errors
    assert played.text() == f"argument: {prompt}\ninput: {prompt}"
    assert [entry.text for entry in played.of_kind(EntryKind.USER)] == [prompt]
    assert list(tmp_path.glob("pwned")) == []


def test_the_prompt_may_be_a_part_of_an_argument_and_stays_one_argument() -> None:
    launch = executor("agent", "--message={prompt}", "-x").launch(request("a b; c"), contained=False)
    assert launch.argv == ("agent", "--message=a b; c", "-x")
    assert launch.stdin == b"a b; c"


def test_a_prompt_cannot_become_an_option() -> None:
    launch = executor("agent", "{prompt}").launch(request("--delete-everything"), contained=False)
    assert launch.argv == ("agent", " --delete-everything")


def test_a_prompt_that_holds_the_placeholder_is_not_filled_again() -> None:
    launch = executor("agent", "{prompt}").launch(request("say {prompt} \0"), contained=False)
    assert launch.argv == ("agent", "say {prompt} \ufffd")


def test_a_prompt_that_fits_into_no_argument_is_refused_with_a_way_out() -> None:
    with pytest.raises(AgentError, match="too long") as caught:
        executor("agent", "{prompt}").launch(request("x" * 200_000), contained=False)
    assert "standard input" in caught.value.hint
    launch = executor("agent").launch(request("x" * 200_000), contained=False)
    assert launch.stdin is not None and len(launch.stdin) == 200_000


async def test_a_failing_command_shows_its_errors(tmp_path: Path, env: dict[str, str]) -> None:
    script = "echo some work; echo the mast broke >&2; exit 3"
    played = await play(executor("sh", "-c", script), "Go", tmp_path, env=env)
    assert played.ended.status is ProcessStatus.FAILED
    assert played.ended.reason == "the command exited with code 3: the mast broke"
    assert played.text() == "some work"
    assert "the mast broke" in played.of_kind(EntryKind.ERROR)[0].text


async def test_a_missing_program_comes_with_the_way_to_get_it(tmp_path: Path, env: dict[str, str]) -> None:
    agent = executor("sh", "-c", "echo not found >&2; exit 127", install="Get it from the chandler.")
    played = await play(agent, "Go", tmp_path, env=env)
    assert "Get it from the chandler." in played.of_kind(EntryKind.ERROR)[0].text


async def test_warnings_of_a_command_that_succeeds_are_no_error(tmp_path: Path, env: dict[str, str]) -> None:
    played = await play(executor("sh", "-c", "echo careful >&2; echo done"), "Go", tmp_path, env=env)
    assert played.ended.status is ProcessStatus.COMPLETED
    assert played.of_kind(EntryKind.ERROR) == []
    assert played.ended.summary == "done"


def test_long_output_is_one_entry_that_keeps_its_end() -> None:
    driver = CommandDriver(request("Go"))
    driver.begin()
    texts: dict[str, str] = {}
    told_anew = 0
    for number in range(5000):
        effect = heard(driver, f"line {number} {'x' * 50}".encode())
        told_anew += not effect.entry.text.startswith(texts.get(effect.entry.id, ""))
        texts[effect.entry.id] = effect.entry.text
        assert len(effect.entry.text) <= OUTPUT_LIMIT
    (text,) = texts.values()
    assert len(text) >= OUTPUT_LIMIT // 2
    assert text.startswith("line ") and text.endswith(f"line 4999 {'x' * 50}")
    assert told_anew < 5000 * 60 / (OUTPUT_LIMIT // 4) + 1, "else it only grows"


def test_a_hundred_thousand_lines_read_together_change_the_conversation_once() -> None:
    transcript = Transcript(CommandDriver(request("Go")))
    transcript.begin()
    output = b"".join(b"line %d\n" % number for number in range(100_000))
    effects = transcript.output(output, 1.0)
    (entry,) = [effect.entry for effect in effects if isinstance(effect, Upsert)]
    assert entry.text.endswith("line 99999") and len(effects) == 1
    assert transcript.entries[entry.id] == entry


def test_a_turn_of_many_readings_is_rebuilt_with_one_state_of_each_entry() -> None:
    output = b"".join(b"line %d of what the command says\n" % number for number in range(100_000))
    transcript = Transcript(CommandDriver(request("Go")))

    def read(stream: Stream, offset: int, size: int) -> bytes:
        return output[offset : offset + size] if stream == "out" else b""

    effects = replay(transcript, [], read, 1.0)
    assert len(output) > 2 * REPLAY_CHUNK
    assert effects == [Upsert(entry) for entry in transcript.entries.values()]


@given(
    st.lists(st.sampled_from([0, 1, 70, 9_000, OUTPUT_LIMIT, 2 * OUTPUT_LIMIT]), max_size=30),
    st.lists(st.integers(1, 300_000), max_size=8),
)
@settings(max_examples=60, deadline=None)
def test_what_is_kept_does_not_depend_on_how_the_output_was_read(sizes: list[int], cuts: list[int]) -> None:
    output = b"".join(b"%d " % number + b"x" * size + b"\n" for number, size in enumerate(sizes))
    whole, cut = Transcript(CommandDriver(request("Go"))), Transcript(CommandDriver(request("Go")))
    whole.output(output, 1.0)
    begin = 0
    for end in sorted({*cuts, len(output)}):
        cut.output(output[begin:end], 1.0)
        begin = end
    assert cut.entries == whole.entries


def test_a_line_that_never_ends_is_kept_by_its_end() -> None:
    driver = CommandDriver(request("Go"))
    driver.begin()
    effect = heard(driver, b"x" * (2 * OUTPUT_LIMIT) + b"end")
    assert OUTPUT_LIMIT // 2 <= len(effect.entry.text) <= OUTPUT_LIMIT
    assert effect.entry.text.endswith("xend")


def test_colours_and_progress_bars_become_plain_text() -> None:
    driver = CommandDriver(request("Go"))
    driver.begin()
    effect = heard(driver, b"\x1b[1;32m10%\r50%\r\x1b[0mready \x1b]0;title\x07now\xff\r")
    assert effect.entry.text == "ready now\ufffd"


def test_cancelling_ends_the_turn_at_once_and_only_once() -> None:
    driver = CommandDriver(request("Go"))
    driver.begin()
    driver.receive(b"half", 1.0)
    ends = [effect for effect in driver.cancel(2.0) if isinstance(effect, TurnEnded)]
    assert ends == [TurnEnded(ProcessStatus.KILLED, "cancelled", "half")]
    assert driver.cancel(3.0) == [] and driver.exited(143, 4.0) == []


@pytest.mark.agents
@pytest.mark.parametrize("name", ["claude", "codex", "gemini", "opencode"])
def test_the_recorded_one_way_output_of_any_agent_is_kept_as_it_came(name: str) -> None:
    lines = [json.dumps(row["msg"]) for row in recorded(name) if row["dir"] == "out"]
    driver = CommandDriver(request("go"))
    effects = [*driver.begin()]
    for number, line in enumerate(lines):
        effects += [*driver.receive(line.encode(), float(number)), *driver.flush()]
    effects += driver.exited(0, float(len(lines)))
    (ended,) = [effect for effect in effects if isinstance(effect, TurnEnded)]
    assert ended.status is ProcessStatus.COMPLETED
    (said,) = {effect.entry.id for effect in effects[1:] if isinstance(effect, Upsert)}
    last = [each.entry for each in effects if isinstance(each, Upsert) and each.entry.id == said][-1]
    assert lines[-1] in last.text and last.text.count("\n") == len(lines) - 1
