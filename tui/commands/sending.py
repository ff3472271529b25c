"""Prompts on their way to an agent: sent exactly once, to the session's own agent or to another."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from core.values import requests as ask
from core.values.entities import QueuedPrompt
from tui.widgets.finder import Finder, Found

if TYPE_CHECKING:
    from tui.app import BoatyardApp


async def send(app: BoatyardApp, workspace: str, text: str, other: bool = False) -> None:
    """Sends a prompt; it is cleared only when the engine has it. A second try is the same request."""
    agent = await _another_agent(app, workspace) if other else ""
    if agent is None:
        return
    composer = app.home.session.composer
    request_id = composer.drafts.tried(workspace, uuid.uuid4().hex)
    pictures = tuple(each.id for each in composer.drafts.of(workspace).attached)
    sent = await app.client.send(
        workspace,
        ask.SendPrompt(prompt=text, agent=agent, attachments=pictures, request_id=request_id),
    )
    composer.clear(workspace, text)
    if app.home.session.workspace == workspace:
        app.home.session.step_back()
    known = app.store.workspaces.get(workspace)
    if isinstance(sent, QueuedPrompt):
        reason = (known.paused or known.queue_paused) if known else ""
        app.say(f"Queued, and it waits: {reason}" if reason else "Queued: it is sent when the turn ends")
    task = app.store.tasks.get(known.task_id) if known else None
    if task is not None:
        await composer.history.add(task.project_id, text)


async def _another_agent(app: BoatyardApp, workspace: str) -> str | None:
    """Which agent begins a new session with the prompt; None when that was given up."""
    own = app.store.workspaces[workspace].agent
    found = [
        Found(agent.title, agent.detail, name, disabled="" if agent.available else "not installed")
        for name, agent in app.store.agents.items()
        if name != own
    ]
    return await app.ask(Finder("Send it to another agent, in a new session", found, "find an agent"))
