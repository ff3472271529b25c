"""Sessions, their processes and turns, and what waits for the user or for a turn's end."""

from __future__ import annotations

import peewee

from core.store.models.fields import Base, Entity, JSONField, MillisecondsField, now, one_of
from core.store.models.projects import Project, Repo
from core.store.models.workspaces import Workspace
from core.values.states import ApprovalStatus, ProcessStatus, RunReason


class Session(Entity):
    workspace = peewee.ForeignKeyField(Workspace, backref="sessions", on_delete="CASCADE")
    executor = peewee.CharField(default="")
    agent_session_id = peewee.TextField(default="")
    commands = JSONField(default=list, constraints=[peewee.SQL("DEFAULT '[]'")])
    modes = JSONField(null=True)
    """Those that the agent has told of (see `core.values.conversation.AgentModes`)."""
    mode = peewee.TextField(null=True)
    """The one that the user has chosen for the turns to come."""
    handover = peewee.BooleanField(null=True)
    """Whether the next turn begins a new conversation with the agent and tells it what happened before."""
    dropped = peewee.BooleanField(null=True)
    """Whether all of it was taken back by a rewind."""


class ExecutionProcess(Entity):
    session = peewee.ForeignKeyField(Session, backref="processes", on_delete="CASCADE")
    run_reason = peewee.CharField()
    action = JSONField(default=dict)
    label = peewee.TextField(default="")
    status = peewee.CharField(default=ProcessStatus.RUNNING.value, index=True)
    exit_code = peewee.IntegerField(null=True)
    reason = peewee.TextField(default="")
    stop_requested = peewee.BooleanField(default=False)
    dropped = peewee.BooleanField(default=False)
    started_at = MillisecondsField(default=now)
    completed_at = MillisecondsField(null=True)
    log_removed_at = MillisecondsField(null=True)
    """When its output was removed for its age or size; null: it is there."""

    class Meta:
        constraints = [
            one_of("run_reason", RunReason),
            one_of("status", ProcessStatus),
            peewee.Check("(status = 'running') = (completed_at IS NULL)"),
        ]
        indexes = ((("session", "started_at"), False),)


class ProcessRepoState(Base):
    process = peewee.ForeignKeyField(ExecutionProcess, backref="repo_states", on_delete="CASCADE")
    repo = peewee.ForeignKeyField(Repo, on_delete="RESTRICT")
    head_before = peewee.CharField(64, default="")
    head_after = peewee.CharField(64, null=True)
    merge_commit = peewee.CharField(64, null=True)

    class Meta:
        primary_key = peewee.CompositeKey("process", "repo")


class CodingAgentTurn(Base):
    process = peewee.ForeignKeyField(ExecutionProcess, backref="turns", primary_key=True, on_delete="CASCADE")
    agent_session_id = peewee.TextField(default="")
    agent_message_id = peewee.TextField(default="")
    prompt = peewee.TextField()
    """As the user typed it."""
    sent = peewee.TextField(null=True)
    """What the agent was told, where that is more than what the user typed."""
    attachments = JSONField(null=True)
    summary = peewee.TextField(default="")
    seen = peewee.BooleanField(default=False)
    input_tokens = peewee.BigIntegerField(null=True)
    output_tokens = peewee.BigIntegerField(null=True)
    cost_usd = peewee.FloatField(null=True)


class Approval(Entity):
    process = peewee.ForeignKeyField(ExecutionProcess, backref="approvals", on_delete="CASCADE")
    key = peewee.TextField()
    title = peewee.TextField()
    detail = peewee.TextField(default="")
    question = peewee.BooleanField(default=False)
    tool_kind = peewee.TextField(null=True)
    options = JSONField(default=list)
    status = peewee.CharField(default=ApprovalStatus.PENDING.value, index=True)
    chosen = peewee.TextField(default="")
    form = JSONField(default=list, constraints=[peewee.SQL("DEFAULT '[]'")])
    given = JSONField(default=dict, constraints=[peewee.SQL("DEFAULT '{}'")])

    class Meta:
        constraints = [one_of("status", ApprovalStatus)]
        indexes = ((("process", "key"), True),)


class QueuedPrompt(Entity):
    workspace = peewee.ForeignKeyField(Workspace, backref="queue", on_delete="CASCADE")
    executor = peewee.CharField(default="")
    prompt = peewee.TextField()
    position = peewee.IntegerField()
    attachments = JSONField(null=True)
    trouble = peewee.TextField(null=True)
    """Why it could not be started, for people."""

    class Meta:
        indexes = ((("workspace", "position"), False),)


class DroppedPrompt(Base):
    """A prompt that was taken out of the queue: whoever sends it once more has to be told so."""

    id = peewee.CharField(32, primary_key=True)
    workspace = peewee.ForeignKeyField(Workspace, on_delete="CASCADE")


class ApprovalRule(Entity):
    """A decision that the user wants taken the same way every time, in one project."""

    project = peewee.ForeignKeyField(Project, backref="rules", on_delete="CASCADE")
    executor = peewee.CharField()
    tool_kind = peewee.CharField()
    title = peewee.TextField()
    detail = peewee.TextField()
    decision = peewee.CharField()

    class Meta:
        constraints = [peewee.Check("decision IN ('allow', 'reject')")]
