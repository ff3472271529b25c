"""Projects, repos and what a project overrides of a repo."""

from __future__ import annotations

import peewee

from core.store.models.fields import Base, Entity, JSONField, one_of
from core.values.states import MergeStyle


class Project(Entity):
    name = peewee.CharField(unique=True)
    working_directory = peewee.TextField(default="")
    remote_id = peewee.TextField(null=True)
    merge_style = peewee.CharField(default=MergeStyle.MERGE.value)
    budget = JSONField(null=True)

    class Meta:
        constraints = [one_of("merge_style", MergeStyle), peewee.Check("length(name) > 0")]


class Repo(Entity):
    path = peewee.TextField(unique=True)
    name = peewee.CharField(index=True)
    display_name = peewee.TextField(default="")
    setup_script = peewee.TextField(default="")
    cleanup_script = peewee.TextField(default="")
    check_script = peewee.TextField(null=True)
    """Null or empty: none."""
    archive_script = peewee.TextField(default="")
    dev_server_script = peewee.TextField(default="")
    copy_files = JSONField(default=list)
    parallel_setup = peewee.BooleanField(default=False)
    target_branch = peewee.TextField(default="")
    trusted_files = JSONField(null=True)
    """Digests of contents of its own `.boatyard.toml` that the user trusts."""
    working_directory = peewee.TextField(default="")


class ProjectRepo(Base):
    """A repo's place in a project; a null override means: as the repo says."""

    project = peewee.ForeignKeyField(Project, backref="links", on_delete="CASCADE")
    repo = peewee.ForeignKeyField(Repo, backref="links", on_delete="CASCADE")
    position = peewee.IntegerField(default=0)
    setup_script = peewee.TextField(null=True)
    cleanup_script = peewee.TextField(null=True)
    check_script = peewee.TextField(null=True)
    archive_script = peewee.TextField(null=True)
    dev_server_script = peewee.TextField(null=True)
    copy_files = JSONField(null=True)
    parallel_setup = peewee.BooleanField(null=True)

    class Meta:
        primary_key = peewee.CompositeKey("project", "repo")
