"""What agents ask for: allowed, rejected, filled in; and what is allowed or rejected for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.values import requests as ask
from core.values.entities import FORM_OPTION, Approval
from tui.session.answer_sheet import AnswerSheet
from tui.widgets.finder import Finder, Found
from tui.widgets.menu import Menu, Option, question

if TYPE_CHECKING:
    from tui.app import BoatyardApp


def _asked(app: BoatyardApp) -> Approval:
    approval = app.home.situation().approval
    assert approval is not None
    return approval


async def _answer(app: BoatyardApp, *kinds: str) -> None:
    approval = _asked(app)
    offered = [option for kind in kinds for option in approval.options if option.kind == kind]
    if approval.options and not offered:
        app.say("the agent does not offer that answer", severity="warning")
        return
    option = offered[0].id if offered else kinds[0]
    await app.client.answer_approval(approval.id, ask.AnswerApproval(option=option))


async def allow(app: BoatyardApp) -> None:
    """Yes, this once; a question is answered."""
    approval = _asked(app)
    if approval.form:
        values = await app.ask(AnswerSheet(approval))
        if values is not None:
            body = ask.AnswerApproval(option=FORM_OPTION, values=values)
            await app.client.answer_approval(approval.id, body)
    elif approval.question and len(approval.options) > 1:
        options = [Option("", each.name, each.id) for each in approval.options]
        chosen = await app.ask(Menu("The agent asks", approval.title, options))
        if chosen:
            await app.client.answer_approval(approval.id, ask.AnswerApproval(option=chosen))
    else:
        await _answer(app, "allow_once")


async def allow_always(app: BoatyardApp) -> None:
    """Yes, and from now on."""
    await _answer(app, "allow_always")


async def reject(app: BoatyardApp) -> None:
    """No."""
    await _answer(app, "reject_once", "reject_always")


async def rules(app: BoatyardApp) -> None:
    """What the project's agents are allowed or refused without asking; one can be taken back."""
    project = app.home.situation().project
    assert project is not None
    with app.opening():
        known = await app.client.rules(project.id)
    if not known:
        app.say(f"{project.name} has no rules: {app.keymap.hint('allow-always')} on a request makes one")
        return
    found = [
        Found(each.title or each.tool_kind, f"{each.detail}  {each.executor}", each.id, group=each.decision)
        for each in known
    ]
    chosen = await app.ask(Finder(f"Approval rules of {project.name}", found, "find a rule to take back"))
    rule = next((each for each in known if each.id == chosen), None)
    if rule is None:
        return
    text = f"Ask again before this?\n\n  {rule.decision}: {rule.title}\n  {rule.detail}"
    if await app.ask(question("Take a rule back", text, "Take it back")):
        await app.client.remove_rule(rule.id)
        app.say("Agents ask again before that")
