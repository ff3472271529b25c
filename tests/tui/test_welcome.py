"""Before there is a project: the way to a first task, and what was found to run it with."""

from __future__ import annotations

import pytest

from core.values.entities import AgentInfo, RunnerInfo
from core.values.states import RunnerKind
from tests.tui.driver import SIZES, driven
from tests.tui.fake_engine import FakeEngine
from tests.tui.fake_engine.values import DEMO, HOST
from tui.home.welcome import NO_CONTAINERS, welcome_card
from tui.keys.keymap import Keymap, resolve
from tui.looks.glyphs import UNICODE

CLAUDE = AgentInfo(name="claude", title="Claude Code", kind="claude", available=True, detail="/bin/claude")
MISSING = AgentInfo(name="codex", title="Codex", kind="codex", available=False, detail="Install it so.")
DOCKER = RunnerInfo(kind=RunnerKind.DOCKER, available=True, detail="engine 1", isolates=True)
GONE = RunnerInfo(kind=RunnerKind.DOCKER, available=False, detail="refused", isolates=True)


def page(here: str = "/src/shop", width: int = 80, keys: Keymap | None = None, **found: object) -> str:
    """The card's text, as one line without double blanks."""
    agents, runners = found.get("agents", (DEMO,)), found.get("runners", (HOST,))
    card = welcome_card(here, agents, runners, keys or Keymap({}))  # type: ignore[arg-type]
    text = " ".join("".join(span[0] for span in line) for line in card(width, UNICODE))
    return " ".join(text.split())


def test_agents_that_are_there_are_named_and_how_to_get_others_is_left_out() -> None:
    told = page(agents=(DEMO, MISSING, CLAUDE), runners=(HOST, DOCKER))
    assert "✓ agents Claude Code ✓" in told and "Codex" not in told
    assert "✓ repository /src/shop" in told and "✓ isolation a container for each task (engine 1)" in told


def test_where_no_agent_is_there_it_says_how_to_get_one_and_what_the_demonstration_is() -> None:
    told = page(agents=(DEMO, MISSING))
    assert "shows how it goes Codex: Install it so." in told


def test_without_a_container_engine_one_sentence_says_what_that_means() -> None:
    assert NO_CONTAINERS in page(runners=(HOST, GONE))


def test_what_is_not_known_yet_is_not_called_missing() -> None:
    told = page(agents=(), runners=())
    assert "○ agents looking ○ isolation looking" in told


def test_outside_a_repository_it_says_what_to_type_and_what_to_try() -> None:
    told = page("")
    assert "and the repository's path" in told and "boatyard demo" in told


def test_the_keys_are_those_of_the_user() -> None:
    keys, troubles = resolve("default", {"new": "f9"})
    assert not troubles and "f9 a new task" in page(keys=keys)


@pytest.mark.parametrize("width", [58, 80, 200])
def test_no_line_is_wider_than_there_is_room(width: int) -> None:
    lines = welcome_card("/src/" + "deep/" * 30, (DEMO, MISSING), (HOST, GONE), Keymap({}))(width, UNICODE)
    long = [line for line in lines[:-1] if len("".join(span[0] for span in line)) > width]
    assert not long


@pytest.mark.parametrize("size", SIZES)
async def test_what_is_found_comes_in_by_itself_and_the_footer_says_how_to_begin(
    bare_engine: FakeEngine, size: tuple[int, int]
) -> None:
    bare_engine.agents_ = (DEMO, CLAUDE)
    async with driven(bare_engine, size) as ui:
        await ui.sees("Claude Code", NO_CONTAINERS[:40], "all keys")
        assert ui.lines()[-1].split("  ")[0].strip() == "n new task"


def test_that_git_is_missing_is_told_first() -> None:
    card = welcome_card("/src/shop", (DEMO,), (HOST,), Keymap({}), git=False)
    text = "\n".join("".join(span[0] for span in line) for line in card(80, UNICODE))
    assert text.index("▲ git         not found") < text.index("repository")
    assert "git  " not in page()
