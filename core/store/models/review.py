"""What a user says of a workspace's diff: comments, and files that have been read."""

from __future__ import annotations

import peewee

from core.store.models.fields import Base, Entity, JSONField, MillisecondsField, one_of
from core.store.models.projects import Repo
from core.store.models.workspaces import Workspace
from core.values.comments import Side
from core.values.landing import LandingStatus


class ReviewComment(Entity):
    workspace = peewee.ForeignKeyField(Workspace, backref="comments", on_delete="CASCADE")
    repo = peewee.ForeignKeyField(Repo, on_delete="RESTRICT")
    path = peewee.TextField()
    side = peewee.CharField(default=Side.NEW.value)
    first = peewee.IntegerField(default=0)
    last = peewee.IntegerField(default=0)
    quote = JSONField(default=list)
    before = JSONField(default=list)
    """Lines above the quoted ones, which tell equal places apart; `after`: those below."""
    after = JSONField(default=list)
    body = peewee.TextField()
    author = peewee.TextField(default="")
    url = peewee.TextField(default="")
    remote_id = peewee.TextField(null=True)
    """Its id at a pull request's host."""
    resolved = peewee.BooleanField(default=False)
    resolved_there = peewee.BooleanField(null=True)
    """Whether it was so at its host when that was last asked; null: unknown, or it is from here."""
    sent_at = MillisecondsField(null=True)
    removed_at = MillisecondsField(null=True)
    """Kept for a while after that, to be brought back."""

    class Meta:
        constraints = [one_of("side", Side), peewee.Check("first >= 0 AND last >= first")]
        indexes = ((("workspace", "remote_id"), True),)


class ReviewedFile(Base):
    """A file that the user has read; it counts for as long as the content is the same."""

    workspace = peewee.ForeignKeyField(Workspace, backref="reviewed", on_delete="CASCADE")
    repo = peewee.ForeignKeyField(Repo, on_delete="RESTRICT")
    path = peewee.TextField()
    content = peewee.CharField(64)
    """git's id of the new side's content; empty for a deleted file."""

    class Meta:
        primary_key = peewee.CompositeKey("workspace", "repo", "path")


class LandingEntry(Base):
    """A workspace that is to land when its turn has come."""

    workspace = peewee.ForeignKeyField(Workspace, backref="landing", primary_key=True, on_delete="CASCADE")
    position = peewee.IntegerField()
    style = peewee.CharField(null=True)
    status = peewee.CharField()
    reason = peewee.TextField(default="")
    process_id = peewee.CharField(32, null=True)
    """Of the check script that ran last."""

    class Meta:
        constraints = [one_of("status", LandingStatus)]
