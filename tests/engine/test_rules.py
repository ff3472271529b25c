"""Remembered decisions: made by an answer for always, taken before anybody is asked, never widened."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from core.agents.driver import AskApproval
from core.engine.rules import decided, remember, subject_of
from core.errors import NotFoundError
from core.store import models as m
from core.values.entities import Approval, ApprovalOption
from core.values.events import ApprovalChanged
from core.values.requests import AnswerApproval
from core.values.states import ApprovalStatus
from tests.yard import Yard

OPTIONS = (
    ApprovalOption(id="yes", name="Yes", kind="allow_once"),
    ApprovalOption(id="always", name="Always", kind="allow_always"),
    ApprovalOption(id="no", name="No", kind="reject_once"),
    ApprovalOption(id="never", name="Never", kind="reject_always"),
)
ASKED = AskApproval("k", "Run tests", "npm test", OPTIONS, "execute")


async def test_what_was_allowed_for_always_is_not_asked_again(yard: Yard) -> None:
    async with yard.watch() as watch:
        workspace = await yard.workspace(title="Describe README.md", agent="demo")
        event = await watch.until(ApprovalChanged, lambda e: e.approval.status is ApprovalStatus.PENDING)
        kinds = {option.kind for option in event.approval.options}
        if "allow_always" not in kinds:
            pytest.skip("the demonstration offers no such option")
        await yard.client.answer_approval(event.approval.id, AnswerApproval(option="allow_always"))
        await yard.client.stop_workspace(workspace.name)
    (rule,) = await yard.client.rules("harbour")
    assert (rule.decision, rule.executor, rule.title) == ("allow", "demo", event.approval.title)
    await yard.restart()
    other = await yard.workspace(title="Describe README.md", agent="demo", name="other")
    async with yard.watch() as watch:
        while not (await yard.engine._context.store.read(lambda: _answered(other.name))):
            await watch.until(ApprovalChanged)
            watch.seen.clear()
    await yard.client.stop_workspace(other.name)
    await yard.client.remove_rule(rule.id)
    assert await yard.client.rules("harbour") == ()
    with pytest.raises(NotFoundError):
        await yard.client.remove_rule(rule.id)


def _answered(name: str) -> bool:
    query = m.Approval.select().join(m.ExecutionProcess).join(m.Session).join(m.Workspace)
    return bool(query.where(m.Workspace.name == name, m.Approval.status == "answered").exists())


class TestNarrow:
    """A rule is made of one request; what fits it is checked over the database."""

    async def decision(self, yard: Yard, kind: str, ask: AskApproval, **change: object) -> str | None:
        workspace = await yard.workspace(agent="writer")
        process = await yard.turn(workspace)
        option = next(option for option in OPTIONS if option.kind == kind)

        def write() -> str | None:
            project = m.Project.get()
            approval = Approval(
                id="a", process_id=process.id, workspace=workspace.name, title=ASKED.title,
                detail=ASKED.detail, tool_kind=ASKED.tool_kind, options=OPTIONS,
            )  # fmt: skip
            remember(replace(approval, **change), option)
            return decided(project.id, "writer", "/w/code", ask)

        return await yard.engine._context.store.write(write)

    async def test_the_same_request_is_decided(self, yard: Yard) -> None:
        assert await self.decision(yard, "allow_always", ASKED) == "yes"

    async def test_a_refusal_is_remembered_too(self, yard: Yard) -> None:
        assert await self.decision(yard, "reject_always", ASKED) == "no"

    async def test_an_answer_for_once_makes_no_rule(self, yard: Yard) -> None:
        assert await self.decision(yard, "allow_once", ASKED) is None

    @pytest.mark.parametrize(
        "ask",
        [
            AskApproval("k", "Run tests", "npm test; rm -rf /", OPTIONS, "execute"),
            AskApproval("k", "Run tests", "npm test --x", OPTIONS, "execute"),
            AskApproval("k", "Run tests", "npm", OPTIONS, "execute"),
            AskApproval("k", "Run tests\nnpm test", "", OPTIONS, "execute"),
            AskApproval("k", "%", "%", OPTIONS, "execute"),
            AskApproval("k", "Run tests", "npm test", OPTIONS, "fetch"),
            AskApproval("k", "Run tests", "npm test", OPTIONS, ""),
            AskApproval("k", "Run tests", "npm test", OPTIONS, "execute", question=True),
        ],
    )
    async def test_nothing_else_is(self, yard: Yard, ask: AskApproval) -> None:
        assert await self.decision(yard, "allow_always", ask) is None

    async def test_a_command_that_is_not_shown_makes_no_rule(self, yard: Yard) -> None:
        hidden = AskApproval("k", "Run tests", "", OPTIONS, "execute")
        assert await self.decision(yard, "allow_always", hidden, detail="") is None

    async def test_a_question_makes_no_rule(self, yard: Yard) -> None:
        assert await self.decision(yard, "allow_always", ASKED, question=True) is None


@given(st.text(), st.text(), st.text(), st.text())
def test_two_requests_that_differ_are_never_one(
    title: str, detail: str, other_title: str, other_detail: str
) -> None:
    one = subject_of("a", "execute", title, detail)
    two = subject_of("a", "execute", other_title, other_detail)
    assert one is None or (one == two) is ((title, detail) == (other_title, other_detail))


def test_a_change_of_files_goes_by_its_files() -> None:
    one = subject_of("a", "edit", "Edit x.py", "x.py\n-old\n+new")
    assert one == subject_of("a", "edit", "Edit x.py", "x.py\n-older\n+newer")
    assert one != subject_of("a", "edit", "Edit x.py", "y.py\n-old\n+new")
    assert one != subject_of("a", "edit", "Edit x.py", "x.py\n+new\ny.py\n+more")


def test_the_same_place_in_another_workspace_is_the_same_and_no_other_is() -> None:
    one = subject_of("a", "execute", "rm", "rm /h/one/code/x", "/h/one/code")
    assert one == subject_of("a", "execute", "rm", "rm /h/two/code/x", "/h/two/code")
    assert one != subject_of("a", "execute", "rm", "rm /h/one/code/x", "/h/two/code")
    assert one != subject_of("a", "execute", "rm", "rm x", "/h/one/code")
    assert one is not None
    assert subject_of("a", "execute", "rm", one.detail, "/h/one/code") is None, "nobody writes the sign"


async def test_rules_hold_in_their_own_project_only(yard: Yard) -> None:
    workspace = await yard.workspace(agent="writer")
    await yard.turn(workspace)
    other = await yard.task("x", yard.repository("second"), project="second")

    def write() -> tuple[str | None, str | None]:
        row = m.Project.get(m.Project.name == "harbour")
        m.ApprovalRule.create(
            project=row,
            executor="w",
            tool_kind="execute",
            title="Run tests",
            detail="npm test",
            decision="allow",
        )
        return decided(row.id, "w", "/w", ASKED), decided(other.project_id, "w", "/w", ASKED)

    assert await yard.engine._context.store.write(write) == ("yes", None)
