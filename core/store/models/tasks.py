"""Tasks, their attachments, and the texts that prompts are made from."""

from __future__ import annotations

import peewee

from core.store.models.fields import Base, Entity, JSONField, MillisecondsField, now, one_of
from core.store.models.projects import Project
from core.values.states import TaskStatus


class Task(Entity):
    project = peewee.ForeignKeyField(Project, backref="tasks", on_delete="CASCADE")
    title = peewee.TextField()
    description = peewee.TextField(default="")
    status = peewee.CharField(default=TaskStatus.TODO.value, index=True)
    parent_workspace = peewee.DeferredForeignKey("Workspace", null=True, on_delete="SET NULL")
    position = peewee.IntegerField(default=0)
    updated_at = MillisecondsField(default=now)
    budget = JSONField(null=True)

    class Meta:
        constraints = [one_of("status", TaskStatus), peewee.Check("length(title) > 0")]
        indexes = ((("project", "position"), False),)


class Image(Entity):
    """A stored file; the same bytes are stored once."""

    path = peewee.TextField()
    original_name = peewee.TextField()
    mime_type = peewee.CharField()
    size = peewee.BigIntegerField()
    sha256 = peewee.CharField(64, unique=True)

    class Meta:
        constraints = [peewee.Check("size >= 0"), peewee.Check("length(sha256) = 64")]


class TaskImage(Base):
    task = peewee.ForeignKeyField(Task, backref="images", on_delete="CASCADE")
    image = peewee.ForeignKeyField(Image, backref="tasks", on_delete="CASCADE")

    class Meta:
        primary_key = peewee.CompositeKey("task", "image")


class Tag(Entity):
    name = peewee.CharField(unique=True)
    content = peewee.TextField(default="")

    class Meta:
        constraints = [peewee.Check("length(name) > 0")]


class Scratch(Base):
    """A draft or a preference, kept as typed."""

    kind = peewee.CharField()
    owner_id = peewee.CharField()
    payload = JSONField(default=dict)
    updated_at = MillisecondsField(default=now)

    class Meta:
        primary_key = peewee.CompositeKey("kind", "owner_id")
        constraints = [
            peewee.Check(
                "kind IN ('draft_task', 'draft_follow_up', 'draft_workspace', 'draft_comment', "
                "'preview_settings', 'workspace_notes', 'ui_preferences')"
            )
        ]
