"""Workspaces, their repos, checkpoints, merges, and the templates they are made from."""

from __future__ import annotations

import peewee

from core.store.models.fields import Base, Entity, JSONField, MillisecondsField, now, one_of
from core.store.models.projects import Repo
from core.store.models.tasks import Task
from core.values.states import CheckpointKind, MergeStyle, RunnerKind, WorkspaceState


class Workspace(Entity):
    task = peewee.ForeignKeyField(Task, backref="workspaces", on_delete="CASCADE")
    name = peewee.CharField(63, unique=True)
    branch = peewee.TextField()
    state = peewee.CharField(default=WorkspaceState.CREATING.value, index=True)
    runner = peewee.CharField(default=RunnerKind.HOST.value)
    notice = peewee.TextField(default="")
    parent_workspace = peewee.ForeignKeyField("self", null=True, backref="remixes", on_delete="SET NULL")
    working_directory = peewee.TextField(default="")
    setup_completed_at = MillisecondsField(null=True)
    archived = peewee.BooleanField(default=False)
    pinned = peewee.BooleanField(default=False)
    published_at = MillisecondsField(null=True)
    published_by = peewee.TextField(null=True)
    idle_timeout = peewee.IntegerField(null=True)
    auto_close_at = MillisecondsField(null=True)
    last_activity_at = MillisecondsField(default=now)
    deleted_at = MillisecondsField(null=True)
    queue_paused = peewee.TextField(null=True)
    """Why queued prompts wait though nothing runs; null or empty: they do not."""
    paused = peewee.TextField(null=True)
    """Why no turn starts: a budget that is used up; null or empty: none is."""
    rate_limited_until = MillisecondsField(null=True)
    rate_limit = peewee.TextField(null=True)
    """What the provider said about its limit."""
    update_halt = JSONField(null=True)
    """Where an update from the target branches has stopped (see `core.lifecycle.updating`); null: nowhere."""
    settings = JSONField(default=dict)

    class Meta:
        constraints = [
            one_of("state", WorkspaceState),
            one_of("runner", RunnerKind),
            peewee.Check("name GLOB '[a-z]*[a-z0-9]' AND name NOT GLOB '*[^a-z0-9-]*'"),
        ]


class WorkspaceRepo(Base):
    workspace = peewee.ForeignKeyField(Workspace, backref="repos", on_delete="CASCADE")
    repo = peewee.ForeignKeyField(Repo, backref="workspaces", on_delete="RESTRICT")
    position = peewee.IntegerField(default=0)
    target_branch = peewee.TextField()
    base_commit = peewee.CharField(64, default="")
    head = peewee.CharField(64, default="")
    snapshot = peewee.CharField(64, default="")
    added = peewee.IntegerField(default=0)
    removed = peewee.IntegerField(default=0)
    own_file = JSONField(null=True)
    """Digest and settings of the `.boatyard.toml` that the repo had at the base commit."""
    unread = JSONField(null=True)
    """Paths that the last snapshot could not read; null: it could read all."""

    class Meta:
        primary_key = peewee.CompositeKey("workspace", "repo")


class WorkspacePort(Base):
    """A port of a workspace and the port of this machine that is kept for it."""

    workspace = peewee.ForeignKeyField(Workspace, backref="ports", on_delete="CASCADE")
    inner = peewee.IntegerField()
    outer = peewee.IntegerField(unique=True)

    class Meta:
        primary_key = peewee.CompositeKey("workspace", "inner")
        constraints = [
            peewee.Check('"inner" BETWEEN 1 AND 65535'),
            peewee.Check('"outer" BETWEEN 1 AND 65535'),
        ]


class Checkpoint(Entity):
    workspace = peewee.ForeignKeyField(Workspace, backref="checkpoints", on_delete="CASCADE")
    number = peewee.IntegerField()
    message = peewee.TextField(default="")
    kind = peewee.CharField()
    active = peewee.BooleanField(default=True)
    files = peewee.IntegerField(null=True)
    """Files that differ from the checkpoint before; null where nobody counted."""
    added = peewee.IntegerField(null=True)
    removed = peewee.IntegerField(null=True)

    class Meta:
        constraints = [one_of("kind", CheckpointKind), peewee.Check("number > 0")]
        indexes = ((("workspace", "number"), True),)


class CheckpointRepo(Base):
    checkpoint = peewee.ForeignKeyField(Checkpoint, backref="repos", on_delete="CASCADE")
    repo = peewee.ForeignKeyField(Repo, on_delete="RESTRICT")
    commit = peewee.CharField(64)
    head = peewee.CharField(64, null=True)
    """Where the workspace's branch was; null in a row older than this column."""
    folders = JSONField(null=True)
    """Empty folders, as `core.git.path_text` writes paths: a commit cannot hold them."""

    class Meta:
        primary_key = peewee.CompositeKey("checkpoint", "repo")


class Merge(Entity):
    """A landing: directly into the target branch, or as a pull request."""

    workspace = peewee.ForeignKeyField(Workspace, backref="merges", on_delete="CASCADE")
    repo = peewee.ForeignKeyField(Repo, on_delete="RESTRICT")
    target_branch = peewee.TextField()
    kind = peewee.CharField(default="direct")
    style = peewee.CharField(default=MergeStyle.MERGE.value)
    commit = peewee.CharField(64, null=True)
    source = peewee.CharField(64, default="")
    pr_number = peewee.IntegerField(null=True)
    pr_url = peewee.TextField(null=True)
    pr_status = peewee.CharField(null=True)
    pr_repository = peewee.TextField(null=True)
    """Host and repository, such as `github.com/owner/name`."""
    pr_remote = peewee.TextField(null=True)
    """The remote of the user's repository that leads there."""
    pr_state = JSONField(null=True)
    """How it was when it was last looked at (see `core.values.pull_requests.PullState`)."""
    merged_at = MillisecondsField(null=True)

    class Meta:
        constraints = [
            one_of("style", MergeStyle),
            peewee.Check("kind IN ('direct', 'pull_request')"),
            peewee.Check("pr_status IS NULL OR pr_status IN ('open', 'merged', 'closed')"),
            peewee.Check("(kind = 'pull_request') = (pr_number IS NOT NULL)"),
        ]


class Template(Entity):
    name = peewee.CharField(unique=True)
    description = peewee.TextField(default="")
    language = peewee.TextField(default="")
    settings = JSONField(default=dict)
    public = peewee.BooleanField(default=False)
    use_count = peewee.IntegerField(default=0)

    class Meta:
        constraints = [peewee.Check("use_count >= 0")]


class TemplateFile(Base):
    template = peewee.ForeignKeyField(Template, backref="files", on_delete="CASCADE")
    path = peewee.TextField()
    content = peewee.BlobField()

    class Meta:
        primary_key = peewee.CompositeKey("template", "path")
