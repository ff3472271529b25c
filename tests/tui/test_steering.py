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
from tests.tui.harbour import Harbour
from tests.tui.steering import at_the_helm

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


async def test_the_queue_is_seen_ordered_edited_dropped_and_let_go_on(fleet: Harbour) -> None:
    fleet.put_queued("first", "one", "two", "three")
    fleet.set_workspace(fleet.workspaces_["first"], queue_paused="the last turn failed")
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("first")
        await helm.sees("3 paused, Q shows them", "The queue is paused: the last turn failed")
        await helm.press("Q")
        await helm.sees("Queue of first", "Paused: the last turn failed", "1 one", "3 three")
        await helm.press("J")
        await helm.until(lambda: [each.prompt for each in fleet.queued] == ["two", "one", "three"], "moved")
        await helm.sees("2 one")
        await helm.press("d")
        assert await helm.asked("drop_queued") == "queued-one"
        await helm.until(lambda: len(fleet.queued) == 2, "dropped")
        await helm.sees("2 three")
        await helm.press("enter")
        await helm.sees("Edit a queued prompt")
        await helm.type(" more")
        await helm.press("enter")
        await helm.until(lambda: fleet.queued[1].prompt == "three more", "edited")
        assert await helm.asked("update_queued") == ("queued-three", UpdateQueued(prompt="three more"))
        await helm.press("r")
        await helm.asked("resume_queue")
        await helm.until(lambda: "Paused:" not in helm.text(), "it goes on")


async def test_a_form_is_filled_in_by_keys(fleet: Harbour) -> None:
    fleet.put_approval("first", "The agent wants to know", "", OPTIONS, question=True, form=FORM)
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("first")
        await helm.sees("The agent asks you: The agent wants to know", "a answer")
        await helm.press("a")
        await helm.sees("Which colour?", "Blue, deep", "How many?")
        await helm.press("enter")
        await helm.sees("How many?: an answer is needed.")
        await helm.press(
            "shift+tab", "shift+tab", "down", "space", "tab", "space", "down", "down", "space", "tab"
        )
        await helm.type("x")
        await helm.press("enter")
        await helm.sees("'x' is no whole number.")
        await helm.press("backspace")
        await helm.type("12")
        await helm.press("tab", "right", "right", "tab")
        await helm.type("hi")
        await helm.press("enter")
        await helm.asked("answer_approval")
        assert fleet.answers == [
            {"colour": "blue", "sizes": ("s", "l"), "count": 12, "gift": False, "note": "hi"}
        ]


async def test_a_question_is_not_answered_by_leaving_it_and_can_be_declined(fleet: Harbour) -> None:
    fleet.put_approval("first", "Sure?", "", OPTIONS, question=True, form=FORM[:1])
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("first")
        await helm.press("a", "escape")
        assert not any(call == "answer_approval" for call, _ in fleet.calls)
        await helm.press("x")
        assert (await helm.asked("answer_approval"))[1] == "decline"


async def test_rules_are_listed_and_taken_back(fleet: Harbour) -> None:
    fleet.rules_ = [
        ApprovalRule(id="r1", project_id="project-app", executor="demo", tool_kind="execute",
                     title="Run make", detail="make test", decision="allow"),
    ]  # fmt: skip
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("first")
        helm.app.perform("rules")
        await helm.sees("Approval rules of app", "Run make", "make test")
        await helm.press("enter")
        await helm.sees("Ask again before this?")
        await helm.press("y")
        assert await helm.asked("remove_rule") == "r1"
        helm.app.perform("rules")
        await helm.sees("app has no rules")


def put_turns(fleet: Harbour, *prompts: str) -> None:
    for number, prompt in enumerate(prompts):
        for order, (kind, text) in enumerate(
            ((EntryKind.USER, prompt), (EntryKind.MESSAGE, f"did {prompt}"))
        ):
            entry = Entry(id=f"e{order}", process_id=f"p{number}", kind=kind, order=order, text=text)
            fleet.entries.setdefault("second", []).append(entry)


async def test_rewinding_names_what_goes_and_z_brings_it_back(fleet: Harbour) -> None:
    put_turns(fleet, "first ask", "second ask", "third ask")
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.sees("did third ask")
        await helm.press("left_curly_bracket", "left_curly_bracket", "U")
        await helm.sees("Take back 2 turns of second?", "second ask", "third ask", "z brings it back")
        await helm.press("enter")
        assert not any(call == "rewind" for call, _ in fleet.calls), "Cancel is what Enter means"
        await helm.press("U", "y")
        assert await helm.asked("rewind") == ("second", RewindWorkspace(process="p1"))
        await helm.sees("z takes it back")
        await helm.until(lambda: "did second ask" not in helm.text(), "the turn is gone from the screen")
        await helm.sees("did first ask")
        await helm.press("z")
        assert await helm.asked("restore_to") == ("second", 7)


async def test_a_turn_that_runs_is_not_rewound(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("first")
        await helm.press("U")
        await helm.sees("a turn runs: stop it first")


async def test_a_rate_limit_and_a_used_up_budget_are_told(fleet: Harbour) -> None:
    fleet.set_workspace(
        fleet.workspaces_["first"], rate_limited_until=1_800_000_000.0, rate_limit="slow down"
    )
    fleet.set_workspace(fleet.workspaces_["second"], paused="3 of 3 turns are used", activity=Activity.IDLE)
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("first")
        await helm.sees("The provider lets nothing through until", "slow down")
        await helm.open_workspace("second")
        await helm.sees("Paused: 3 of 3 turns are used")


async def test_a_budget_is_set_and_what_is_used_is_shown(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("first")
        helm.app.perform("budget")
        await helm.sees("Budget of Redirect after login", "Used: 3 turns, 4.5 minutes")
        await helm.press("tab")
        await helm.type("x")
        await helm.press("enter")
        await helm.sees("Minutes: 'x' is no amount")
        await helm.press("backspace")
        await helm.type("2.5")
        await helm.press("enter")
        _, body = await helm.asked("update_task")
        assert body.budget == SetBudget(turns=5, minutes=2.5, tokens=None, cost=None)
        helm.app.perform("project-budget")
        await helm.sees("Budget of app")
        await helm.type("9")
        await helm.press("enter")
        assert (await helm.asked("update_project"))[1].budget.turns == 9


async def test_a_turn_that_failed_begins_again(fleet: Harbour) -> None:
    fleet.set_workspace(fleet.workspaces_["second"], activity=Activity.FAILED)
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        helm.app.perform("resume")
        assert await helm.asked("resume") == "second"


async def test_a_turn_is_interrupted_or_stopped_and_cancel_does_neither(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("first")
        await helm.press("s", "enter")
        assert not any(call in ("interrupt", "stop_workspace") for call, _ in fleet.calls)
        await helm.press("s", "i")
        assert await helm.asked("interrupt") == "first"


async def test_the_agents_mode_is_chosen_from_those_that_it_has(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("first")
        helm.app.perform("mode")
        await helm.sees("the agent has told of no modes")
        modes = (AgentMode(id="default", name="Default"), AgentMode(id="plan", description="plans only"))
        fleet.modes_ = AgentModes(current="default", available=modes)
        helm.app.perform("mode")
        await helm.sees("Mode of the agent in first", "Default", "plan: plans only")
        await helm.press("down", "enter")
        await helm.until(lambda: ("set_mode", ("first", "plan")) in fleet.calls, "it is set")
        await helm.sees("first: mode plan")
