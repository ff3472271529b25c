"""The table of all verbs."""

from __future__ import annotations

from core.cli.verb import Verb
from core.cli.verbs import (
    agent,
    config,
    container,
    demo,
    doctor,
    engine,
    process,
    project,
    repo,
    run,
    status,
    task,
    template,
    workspace,
    workspace_checkpoints,
    workspace_dev,
    workspace_keeping,
    workspace_review,
    workspace_session,
)

VERBS: tuple[Verb, ...] = (
    *demo.VERBS,
    *run.VERBS,
    *status.VERBS,
    *doctor.VERBS,
    *engine.VERBS,
    *project.VERBS,
    *repo.VERBS,
    *task.VERBS,
    *template.VERBS,
    *workspace.VERBS,
    *workspace_session.VERBS,
    *workspace_dev.VERBS,
    *workspace_review.VERBS,
    *workspace_checkpoints.VERBS,
    *workspace_keeping.VERBS,
    *process.VERBS,
    *agent.VERBS,
    *container.VERBS,
    *config.VERBS,
)
