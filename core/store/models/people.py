"""Users, their settings and tokens, who may do what in a workspace, and what was sent to another Boatyard."""

from __future__ import annotations

import peewee

from core.store.models.fields import Base, Entity, JSONField, MillisecondsField
from core.store.models.workspaces import Workspace


class User(Entity):
    name = peewee.CharField(unique=True)
    email = peewee.CharField(unique=True, null=True)
    role = peewee.CharField(default="user")
    status = peewee.CharField(default="active")
    last_login_at = MillisecondsField(null=True)

    class Meta:
        constraints = [
            peewee.Check("role IN ('admin', 'user')"),
            peewee.Check("status IN ('active', 'suspended', 'deleted')"),
        ]


class UserSettings(Base):
    user = peewee.ForeignKeyField(User, backref="settings", primary_key=True, on_delete="CASCADE")
    payload = JSONField(default=dict)


class ApiToken(Entity):
    """A bearer token; only its hash is stored."""

    user = peewee.ForeignKeyField(User, backref="tokens", on_delete="CASCADE")
    name = peewee.CharField()
    sha256 = peewee.CharField(64, unique=True)
    scopes = JSONField(default=list)
    expires_at = MillisecondsField(null=True)
    revoked_at = MillisecondsField(null=True)

    class Meta:
        constraints = [peewee.Check("length(sha256) = 64")]
        indexes = ((("user", "name"), True),)


class Collaborator(Base):
    user = peewee.ForeignKeyField(User, backref="collaborations", on_delete="CASCADE")
    workspace = peewee.ForeignKeyField(Workspace, backref="collaborators", on_delete="CASCADE")
    role = peewee.CharField(default="viewer")

    class Meta:
        primary_key = peewee.CompositeKey("user", "workspace")
        constraints = [peewee.Check("role IN ('viewer', 'editor', 'admin')")]


class MigrationState(Entity):
    """How far an entity's way to a remote has come."""

    entity_type = peewee.CharField()
    local_id = peewee.CharField(32)
    remote_id = peewee.TextField(null=True)
    status = peewee.CharField(default="pending")
    error = peewee.TextField(default="")
    attempts = peewee.IntegerField(default=0)

    class Meta:
        constraints = [
            peewee.Check("entity_type IN ('project', 'task', 'workspace', 'pr_merge')"),
            peewee.Check("status IN ('pending', 'migrated', 'failed', 'skipped')"),
            peewee.Check("attempts >= 0"),
        ]
        indexes = ((("entity_type", "local_id"), True),)
