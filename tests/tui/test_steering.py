"""Steering agents: the queue, answers, rules, rewinding."""

from __future__ import annotations

from core.values.conversation import AgentMode, AgentModes, Entry, EntryKind
from core.values.entities import (
    FORM_OPTION,
    ApprovalOption,
    ApprovalRule,
    FormChoice,
    FormField,
)
from core.values.requests import RewindWorkspace, SetBudget, UpdateQueued
from core.values.states import Activity
from tests.tui.driver import driven
from tests.tui.fake_engine import FakeEngine

FORM = (
    FormField(name="colour", title="Which colour?", kind="choice", required=True,
              choices=(FormChoice(value="red"), FormChoice(value="blue", title="Blue, deep"))),
    FormField(name="sizes", title="Which sizes?", kind="choices",
              choices=(FormChoice(value="s"), FormChoice(value="m"), FormChoice(value="l"))),
    FormField(name="count", title="How many?", kind="integer", required=True),
    FormField(name="gift", title="As a gift?", kind="boolean"),
    FormField(name="note", title="A note?"),
)  # fmt: skip
OPTIONS = (
    ApprovalOption(id=FORM_OPTION, name="Answer", kind="allow_once"),
    ApprovalOption(id="decline", name="Do not answer", kind="reject_once"),
)  # fmt: skip


async def test_the_queue_is_seen_ordered_edited_dropped_and_let_go_on(engine: FakeEngine) -> None:
    engine.put_queued("first", "one", "two", "three")
    engine.set_workspace(engine.workspaces_["first"], queue_paused="the last turn failed")
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        await ui.sees("3 paused, Q shows them", "The queue is paused: the last turn failed")
        await ui.press("Q")
        await ui.sees("Queue of first", "Paused: the last turn failed", "1 one", "3 three")
        await ui.press("J")
        await ui.until(lambda: [each.prompt for each in engine.queued] == ["two", "one", "three"], "moved")
        await ui.sees("2 one")
        await ui.press("d")
        assert await ui.asked("drop_queued") == "queued-one"
        await ui.until(lambda: len(engine.queued) == 2, "dropped")
        await ui.sees("2 three")
        await ui.press("enter")
        await ui.sees("Edit a queued prompt")
        await ui.type(" more")
        await ui.press("enter")
        await ui.until(lambda: engine.queued[1].prompt == "three more", "edited")
        assert await ui.asked("update_queued") == ("queued-three", UpdateQueued(prompt="three more"))
        await ui.press("r")
        await ui.asked("resume_queue")
        await ui.until(lambda: "Paused:" not in ui.text(), "it goes on")


async def test_a_form_is_filled_in_by_keys(engine: FakeEngine) -> None:
    engine.put_approval("first", "The agent wants to know", "", OPTIONS, question=True, form=FORM)
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        await ui.sees("The agent asks you: The agent wants to know", "a answer")
        await ui.press("a")
        await ui.sees("Which colour?", "Blue, deep", "How many?")
        await ui.press("enter")
        await ui.sees("How many?: an answer is needed.")
        await ui.press(
            "shift+tab", "shift+tab", "down", "space", "tab", "space", "down", "down", "space", "tab"
        )
        await ui.type("x")
        await ui.press("enter")
        await ui.sees("'x' is no whole number.")
        await ui.press("backspace")
        await ui.type("12")
        await ui.press("tab", "right", "right", "tab")
        await ui.type("hi")
        await ui.press("enter")
        await ui.asked("answer_approval")
        assert engine.answers == [
            {"colour": "blue", "sizes": ("s", "l"), "count": 12, "gift": False, "note": "hi"}
        ]


async def test_a_question_is_not_answered_by_leaving_it_and_can_be_declined(engine: FakeEngine) -> None:
    engine.put_approval("first", "Sure?", "", OPTIONS, question=True, form=FORM[:1])
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        await ui.press("a", "escape")
        assert not any(call == "answer_approval" for call, _ in engine.calls)
        await ui.press("x")
        assert (await ui.asked("answer_approval"))[1] == "decline"


async def test_rules_are_listed_and_taken_back(engine: FakeEngine) -> None:
    engine.rules_ = [
        ApprovalRule(id="r1", project_id="project-app", executor="demo", tool_kind="execute",
                     title="Run make", detail="make test", decision="allow"),
    ]  # fmt: skip
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        ui.app.perform("rules")
        await ui.sees("Approval rules of app", "Run make", "make test")
        await ui.press("enter")
        await ui.sees("Ask again before this?")
        await ui.press("y")
        assert await ui.asked("remove_rule") == "r1"
        ui.app.perform("rules")
        await ui.sees("app has no rules")


def put_turns(engine: FakeEngine, *prompts: str) -> None:
    for number, prompt in enumerate(prompts):
        for order, (kind, text) in enumerate(
            ((EntryKind.USER, prompt), (EntryKind.MESSAGE, f"did {prompt}"))
        ):
            entry = Entry(id=f"e{order}", process_id=f"p{number}", kind=kind, order=order, text=text)
            engine.entries.setdefault("second", []).append(entry)


async def test_rewinding_names_what_goes_and_z_brings_it_back(engine: FakeEngine) -> None:
    put_turns(engine, "first ask", "second ask", "third ask")
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.sees("did third ask")
        await ui.press("left_curly_bracket", "left_curly_bracket", "U")
        await ui.sees("Take back 2 turns of second?", "second ask", "third ask", "z brings it back")
        await ui.press("enter")
        assert not any(call == "rewind" for call, _ in engine.calls), "Cancel is what Enter means"
        await ui.press("U", "y")
        assert await ui.asked("rewind") == ("second", RewindWorkspace(process="p1"))
        await ui.sees("z takes it back")
        await ui.until(lambda: "did second ask" not in ui.text(), "the turn is gone from the screen")
        await ui.sees("did first ask")
        await ui.press("z")
        assert await ui.asked("restore_to") == ("second", 7)


async def test_a_turn_that_runs_is_not_rewound(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        await ui.press("U")
        await ui.sees("a turn runs: stop it first")


async def test_a_rate_limit_and_a_used_up_budget_are_told(engine: FakeEngine) -> None:
    engine.set_workspace(
        engine.workspaces_["first"], rate_limited_until=1_800_000_000.0, rate_limit="slow down"
    )
    engine.set_workspace(engine.workspaces_["second"], paused="3 of 3 turns are used", activity=Activity.IDLE)
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        await ui.sees("The provider lets nothing through until", "slow down")
        await ui.open_workspace("second")
        await ui.sees("Paused: 3 of 3 turns are used")


async def test_a_budget_is_set_and_what_is_used_is_shown(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        ui.app.perform("budget")
        await ui.sees("Budget of Redirect after login", "Used: 3 turns, 4.5 minutes")
        await ui.press("tab")
        await ui.type("x")
        await ui.press("enter")
        await ui.sees("Minutes: 'x' is no amount")
        await ui.press("backspace")
        await ui.type("2.5")
        await ui.press("enter")
        _, body = await ui.asked("update_task")
        assert body.budget == SetBudget(turns=5, minutes=2.5, tokens=None, cost=None)
        ui.app.perform("project-budget")
        await ui.sees("Budget of app")
        await ui.type("9")
        await ui.press("enter")
        assert (await ui.asked("update_project"))[1].budget.turns == 9


async def test_a_turn_that_failed_begins_again(engine: FakeEngine) -> None:
    engine.set_workspace(engine.workspaces_["second"], activity=Activity.FAILED)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        ui.app.perform("resume")
        assert await ui.asked("resume") == "second"


async def test_a_turn_is_interrupted_or_stopped_and_cancel_does_neither(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        await ui.press("s", "enter")
        assert not any(call in ("interrupt", "stop_workspace") for call, _ in engine.calls)
        await ui.press("s", "i")
        assert await ui.asked("interrupt") == "first"


async def test_the_agents_mode_is_chosen_from_those_that_it_has(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        ui.app.perform("mode")
        await ui.sees("the agent has told of no modes")
        modes = (AgentMode(id="default", name="Default"), AgentMode(id="plan", description="plans only"))
        engine.modes_ = AgentModes(current="default", available=modes)
        ui.app.perform("mode")
        await ui.sees("Mode of the agent in first", "Default", "plan: plans only")
        await ui.press("down", "enter")
        await ui.until(lambda: ("set_mode", ("first", "plan")) in engine.calls, "it is set")
        await ui.sees("first: mode plan")
