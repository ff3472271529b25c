"""What can be done with one workspace, line by line: read, write, answer, look at the diff, merge, stop."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from core.values import requests as ask
from core.values.conversation import EntryKind
from core.values.states import ApprovalStatus
from core.values.wording import counted
from tui.looks.states import workspace_sign

if TYPE_CHECKING:
    from core.client import Client
    from core.values.conversation import Entry
    from core.values.entities import Approval, Workspace
    from tui.plain.lines import Lines

SHOWN = 60
"""Entries of a conversation that are read out."""
_WHO = {EntryKind.USER: "You", EntryKind.MESSAGE: "Agent", EntryKind.THOUGHT: "Agent thinks",
        EntryKind.TOOL: "Tool", EntryKind.ERROR: "Error"}  # fmt: skip
OPTIONS = ("Read the conversation", "Write to the agent", "Answer what it asks", "Read the diff", "Merge",
           "Stop what runs", "Look again")  # fmt: skip


class Talk:
    """One workspace that was opened."""

    def __init__(self, client: Client, lines: Lines, name: str) -> None:
        self._client = client
        self._lines = lines
        self._name = name

    async def run(self) -> None:
        """Asks what to do until the user goes back."""
        acts = (self._read, self._write, self._answer, self._diff, self._merge, self._stop, self._look)
        while True:
            await self._look()
            chosen = await self._lines.choose("What next?", OPTIONS)
            if chosen < 0:
                return
            await acts[chosen]()

    async def _look(self) -> None:
        workspace = await self._client.workspace(self._name)
        self._lines.say("", f"{workspace.name}: {_words(workspace)}, branch {workspace.branch}.")
        for approval in await self._pending():
            self._lines.say(f"The agent asks: {approval.title}", *filter(None, [approval.detail[:2000]]))

    async def _pending(self) -> list[Approval]:
        waiting = await self._client.approvals(self._name)
        return [each for each in waiting if each.status is ApprovalStatus.PENDING]

    async def _read(self) -> None:
        conversation = await self._client.conversation(self._name, limit=SHOWN)
        if conversation.start:
            self._lines.say(f"{conversation.start} earlier entries are left out.")
        text = "\n".join(filter(None, map(_entry, conversation.entries)))
        await self._lines.pages(text or "Nothing has been said yet.")
        await self._client.seen(self._name)

    async def _write(self) -> None:
        prompt = await self._lines.ask("What is the agent to do? An empty line sends nothing.")
        if prompt:
            body = ask.SendPrompt(prompt=prompt, request_id=uuid.uuid4().hex)
            await self._client.send(self._name, body)
            self._lines.say("Sent; while the agent works, it is queued.")

    async def _answer(self) -> None:
        waiting = await self._pending()
        if not waiting:
            self._lines.say("The agent asks nothing.")
            return
        approval = waiting[0]
        if approval.form:
            self._lines.say("That is a form: boatyard workspace approve fills it in with --set NAME=VALUE.")
            return
        options = [option.name for option in approval.options] or ["Allow once"]
        chosen = await self._lines.choose(f"{approval.title}?", options)
        if chosen >= 0:
            option = approval.options[chosen].id if approval.options else ""
            await self._client.answer_approval(approval.id, ask.AnswerApproval(option=option))
            self._lines.say(f"Answered: {options[chosen]}.")

    async def _diff(self) -> None:
        summary = await self._client.diff(self._name)
        counts = f"{counted(summary.added, 'line')} added, {summary.removed} removed"
        self._lines.say(f"{counted(len(summary.files), 'file')}, {counts}.")
        for file in summary.files[:200]:
            self._lines.say(f"{file.change.value}: {file.path}, {file.added} added, {file.removed} removed")
        await self._client.seen(self._name)
        if summary.files and await self._lines.ask("Type y to read all lines, Enter to go on.") == "y":
            await self._lines.pages(await self._client.patch(self._name))

    async def _merge(self) -> None:
        preview = await self._client.merge_preview(self._name)
        for repo in preview.repos:
            self._lines.say(f"Into {repo.target_branch}: {counted(repo.files, 'file')}.")
        for conflict in preview.conflicts[:50]:
            self._lines.say(f"Conflict, {conflict.kind}: {conflict.path}")
        if preview.conflicts:
            self._lines.say(f"Nothing was changed. boatyard workspace update {self._name} resolves them.")
        elif await self._agreed("Type yes to merge."):
            await self._client.merge(self._name, ask.MergeWorkspace())
            self._lines.say(f"Merged. boatyard workspace unmerge {self._name} takes it back.")

    async def _stop(self) -> None:
        if await self._agreed("What it did so far stays. Type yes to stop it."):
            await self._client.stop_workspace(self._name)
            self._lines.say("It was told to stop.")

    async def _agreed(self, question: str) -> bool:
        """Whether the user says yes; that anything else does nothing is said."""
        agreed = (await self._lines.ask(question)).strip().lower() in ("yes", "y")
        if not agreed:
            self._lines.say("Nothing was done.")
        return agreed


def _words(workspace: Workspace) -> str:
    return workspace_sign(workspace)[1]


def _entry(entry: Entry) -> str:
    """One entry in words; empty where there is nothing to read."""
    text = entry.text or entry.title
    return f"{_WHO.get(entry.kind, entry.kind.value)}: {text}" if text.strip() else ""
