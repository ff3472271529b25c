"""The journal of operations with several steps, and the engine's own counters."""

from __future__ import annotations

import peewee

from core.store.models.fields import Base, Entity, JSONField, MillisecondsField, one_of
from core.store.models.workspaces import Workspace
from core.values.states import OperationStatus


class Operation(Entity):
    """Written before the first step; at start the engine finishes or undoes what still runs here."""

    kind = peewee.CharField()
    workspace = peewee.ForeignKeyField(Workspace, null=True, backref="operations", on_delete="SET NULL")
    workspace_name = peewee.CharField()
    arguments = JSONField(default=dict)
    status = peewee.CharField(default=OperationStatus.RUNNING.value, index=True)
    steps = JSONField(default=list)
    error = JSONField(null=True)
    result = JSONField(default=dict)
    ended_at = MillisecondsField(null=True)

    class Meta:
        constraints = [one_of("status", OperationStatus)]


class Counter(Base):
    """A number that only grows, such as how often an engine has started here."""

    name = peewee.CharField(primary_key=True)
    number = peewee.BigIntegerField(default=0)

    class Meta:
        constraints = [peewee.Check("number >= 0")]
