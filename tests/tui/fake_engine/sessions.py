"""Sessions of the engine in memory: what was said, asked and run."""

from __future__ import annotations

from typing import Any

import msgspec

from core.errors import UnreachableError
from core.values import events as told
from core.values import requests as ask
from core.values.conversation import AgentModes, Conversation, Entry, LogChunk
from core.values.entities import (
    Approval,
    ApprovalRule,
    Process,
    QueuedPrompt,
    Session,
)
from core.values.states import (
    Activity,
    ApprovalStatus,
    ProcessStatus,
    RunReason,
)
from tests.tui.fake_engine.state import State
from tests.tui.fake_engine.values import NOW, id_of


class Sessions(State):
    """A part of `tests.tui.fake_engine.FakeEngine`."""

    def put_entry(self, workspace: str, entry: Entry, keep: int = 0) -> None:
        entries = self.entries.setdefault(workspace, [])
        whole = entry
        known = next((i for i, each in enumerate(entries) if each.id == entry.id), None)
        if known is None:
            entries.append(entry)
        else:
            whole = msgspec.structs.replace(entry, text=entries[known].text[:keep] + entry.text)
            entries[known] = whole
        session = self.workspaces_[workspace].session_id or ""
        self.emit(told.EntryChanged(workspace=workspace, session_id=session, entry=entry, keep=keep))

    def put_approval(
        self, workspace: str, title: str, detail: str = "", options: Any = (), **more: Any
    ) -> Approval:
        approval = Approval(
            id=id_of("approval", title), process_id=id_of("process", workspace), workspace=workspace,
            title=title, detail=detail, options=options, created_at=NOW, **more,
        )  # fmt: skip
        self.approvals_[approval.id] = approval
        self.emit(told.ApprovalChanged(approval=approval))
        self.set_workspace(self.workspaces_[workspace], activity=Activity.WAITING)
        return approval

    def write(self, process: str, text: str) -> None:
        self.logs[process] = self.logs.get(process, "") + text
        size = len(self.logs[process].encode(errors="surrogateescape"))
        self.emit(told.LogGrew(workspace="", process_id=process, size=size))

    async def send(self, name: str, body: ask.SendPrompt) -> Process | QueuedPrompt:
        self._asked("send", (name, body.prompt))
        self.sent.append(body)
        workspace = self.workspaces_[name]
        if workspace.activity in (Activity.RUNNING, Activity.WAITING):
            prompt = QueuedPrompt(
                id=id_of("queued", body.prompt), workspace=name, prompt=body.prompt, position=0
            )
            self.queued.append(prompt)
            self.set_workspace(workspace, queued=len(self.queued))
            return prompt
        self.set_workspace(workspace, activity=Activity.RUNNING)
        return Process(
            id=id_of("process", name), session_id=workspace.session_id or "", workspace=name,
            run_reason=RunReason.CODING_AGENT, status=ProcessStatus.RUNNING,
        )  # fmt: skip

    async def answer_approval(self, approval: str, body: ask.AnswerApproval) -> Approval:
        self._asked("answer_approval", (approval, body.option))
        self.answers.append(body.values)
        answered = msgspec.structs.replace(
            self.approvals_.pop(approval), status=ApprovalStatus.ANSWERED, chosen=body.option
        )
        self.emit(told.ApprovalChanged(approval=answered))
        self.set_workspace(self.workspaces_[answered.workspace], activity=Activity.RUNNING)
        return answered

    async def conversation(
        self, name: str, *, end: int | None = None, limit: int = 200, session: str = "", turn: str = ""
    ) -> Conversation:
        if not self.up:
            raise UnreachableError("gone", hint="Wait.")
        entries = self.past.get(session or turn, []) if session or turn else self.entries.get(name, [])
        last = len(entries) if end is None else end
        first = max(0, last - limit)
        return Conversation(entries=tuple(entries[first:last]), total=len(entries), start=first)

    async def sessions(self, name: str) -> tuple[Session, ...]:
        return tuple(self.sessions_)

    async def process(self, process: str) -> Process:
        return next(each for each in self.processes_ if each.id == process)

    async def processes(self, name: str = "") -> tuple[Process, ...]:
        return tuple(process for process in self.processes_ if process.workspace == name)

    async def log(
        self, process: str, *, stream: str = "out", offset: int = -1, limit: int = 65536
    ) -> LogChunk:
        self.calls.append(("log", (process, stream, offset)))
        data = self.logs.get(process, "").encode(errors="surrogateescape") if stream == "out" else b""
        start = max(0, len(data) - limit) if offset < 0 else offset
        window = data[start : start + limit]
        return LogChunk(
            offset=start, next_offset=start + len(window), size=len(data),
            text=window.decode(errors="replace"), ended=False,
        )  # fmt: skip

    async def approvals(self, name: str) -> tuple[Approval, ...]:
        return tuple(each for each in self.approvals_.values() if each.workspace == name)

    async def modes(self, workspace: str) -> AgentModes:
        return self.modes_

    async def set_mode(self, workspace: str, mode: str) -> AgentModes:
        self._asked("set_mode", (workspace, mode))
        self.modes_ = msgspec.structs.replace(self.modes_, chosen=mode)
        return self.modes_

    async def rules(self, project: str) -> tuple[ApprovalRule, ...]:
        return tuple(rule for rule in self.rules_ if rule.project_id == project)

    async def remove_rule(self, rule: str) -> None:
        self._asked("remove_rule", rule)
        self.rules_ = [each for each in self.rules_ if each.id != rule]
        self.emit(told.Removed(entity="rule", id=rule))

    async def interrupt(self, name: str) -> None:
        self._asked("interrupt", name)

    async def resume(self, name: str) -> Process:
        self._asked("resume", name)
        workspace = self.set_workspace(self.workspaces_[name], activity=Activity.RUNNING)
        return Process(
            id="again", session_id="", workspace=workspace.name, run_reason=RunReason.CODING_AGENT,
            status=ProcessStatus.RUNNING,
        )  # fmt: skip
