"""The first schema: every entity, frozen as it was when it was made."""

from __future__ import annotations

from typing import Any

STATEMENTS = """
CREATE TABLE "user" (
    "id" VARCHAR(32) NOT NULL PRIMARY KEY,
    "created_at" INTEGER NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "email" VARCHAR(255),
    "role" VARCHAR(255) NOT NULL,
    "status" VARCHAR(255) NOT NULL,
    "last_login_at" INTEGER,
    CHECK (role IN ('admin', 'user')),
    CHECK (status IN ('active', 'suspended', 'deleted'))
);
CREATE UNIQUE INDEX "user_name" ON "user" ("name");
CREATE UNIQUE INDEX "user_email" ON "user" ("email");
CREATE TABLE "api_token" (
    "id" VARCHAR(32) NOT NULL PRIMARY KEY,
    "created_at" INTEGER NOT NULL,
    "user_id" VARCHAR(32) NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "sha256" VARCHAR(64) NOT NULL,
    "scopes" TEXT NOT NULL,
    "expires_at" INTEGER,
    "revoked_at" INTEGER,
    FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE,
    CHECK (length(sha256) = 64)
);
CREATE INDEX "api_token_user_id" ON "api_token" ("user_id");
CREATE UNIQUE INDEX "api_token_sha256" ON "api_token" ("sha256");
CREATE UNIQUE INDEX "api_token_user_id_name" ON "api_token" ("user_id", "name");
CREATE TABLE "project" (
    "id" VARCHAR(32) NOT NULL PRIMARY KEY,
    "created_at" INTEGER NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "working_directory" TEXT NOT NULL,
    "remote_id" TEXT,
    "merge_style" VARCHAR(255) NOT NULL,
    CHECK ("merge_style" IN ('merge', 'squash', 'rebase')),
    CHECK (length(name) > 0)
);
CREATE UNIQUE INDEX "project_name" ON "project" ("name");
CREATE TABLE "task" (
    "id" VARCHAR(32) NOT NULL PRIMARY KEY,
    "created_at" INTEGER NOT NULL,
    "project_id" VARCHAR(32) NOT NULL,
    "title" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "status" VARCHAR(255) NOT NULL,
    "position" INTEGER NOT NULL,
    "updated_at" INTEGER NOT NULL,
    "parent_workspace_id" VARCHAR(32) REFERENCES "workspace" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("project_id") REFERENCES "project" ("id") ON DELETE CASCADE,
    CHECK ("status" IN ('todo', 'in_progress', 'in_review', 'done', 'cancelled')),
    CHECK (length(title) > 0)
);
CREATE INDEX "task_project_id" ON "task" ("project_id");
CREATE INDEX "task_status" ON "task" ("status");
CREATE INDEX "task_parent_workspace_id" ON "task" ("parent_workspace_id");
CREATE INDEX "task_project_id_position" ON "task" ("project_id", "position");
CREATE TABLE "workspace" (
    "id" VARCHAR(32) NOT NULL PRIMARY KEY,
    "created_at" INTEGER NOT NULL,
    "task_id" VARCHAR(32) NOT NULL,
    "name" VARCHAR(63) NOT NULL,
    "branch" TEXT NOT NULL,
    "state" VARCHAR(255) NOT NULL,
    "runner" VARCHAR(255) NOT NULL,
    "notice" TEXT NOT NULL,
    "parent_workspace_id" VARCHAR(32),
    "working_directory" TEXT NOT NULL,
    "setup_completed_at" INTEGER,
    "archived" INTEGER NOT NULL,
    "pinned" INTEGER NOT NULL,
    "published_at" INTEGER,
    "published_by" TEXT,
    "idle_timeout" INTEGER,
    "auto_close_at" INTEGER,
    "last_activity_at" INTEGER NOT NULL,
    "deleted_at" INTEGER,
    "settings" TEXT NOT NULL,
    FOREIGN KEY ("task_id") REFERENCES "task" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("parent_workspace_id") REFERENCES "workspace" ("id") ON DELETE SET NULL,
    CHECK ("state" IN ('creating', 'open', 'failed', 'closed', 'deleted')),
    CHECK ("runner" IN ('host', 'docker')),
    CHECK (name GLOB '[a-z]*[a-z0-9]' AND name NOT GLOB '*[^a-z0-9-]*')
);
CREATE INDEX "workspace_task_id" ON "workspace" ("task_id");
CREATE UNIQUE INDEX "workspace_name" ON "workspace" ("name");
CREATE INDEX "workspace_state" ON "workspace" ("state");
CREATE INDEX "workspace_parent_workspace_id" ON "workspace" ("parent_workspace_id");
CREATE TABLE "session" (
    "id" VARCHAR(32) NOT NULL PRIMARY KEY,
    "created_at" INTEGER NOT NULL,
    "workspace_id" VARCHAR(32) NOT NULL,
    "executor" VARCHAR(255) NOT NULL,
    "agent_session_id" TEXT NOT NULL,
    FOREIGN KEY ("workspace_id") REFERENCES "workspace" ("id") ON DELETE CASCADE
);
CREATE INDEX "session_workspace_id" ON "session" ("workspace_id");
CREATE TABLE "execution_process" (
    "id" VARCHAR(32) NOT NULL PRIMARY KEY,
    "created_at" INTEGER NOT NULL,
    "session_id" VARCHAR(32) NOT NULL,
    "run_reason" VARCHAR(255) NOT NULL,
    "action" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "status" VARCHAR(255) NOT NULL,
    "exit_code" INTEGER,
    "reason" TEXT NOT NULL,
    "stop_requested" INTEGER NOT NULL,
    "dropped" INTEGER NOT NULL,
    "started_at" INTEGER NOT NULL,
    "completed_at" INTEGER,
    FOREIGN KEY ("session_id") REFERENCES "session" ("id") ON DELETE CASCADE,
    CHECK ("run_reason" IN ('setup_script', 'cleanup_script', 'archive_script', 'coding_agent', 'dev_server', 'command')),
    CHECK ("status" IN ('running', 'completed', 'failed', 'killed', 'lost')),
    CHECK ((status = 'running') = (completed_at IS NULL))
);
CREATE INDEX "execution_process_session_id" ON "execution_process" ("session_id");
CREATE INDEX "execution_process_status" ON "execution_process" ("status");
CREATE INDEX "execution_process_session_id_started_at" ON "execution_process" ("session_id", "started_at");
CREATE TABLE "approval" (
    "id" VARCHAR(32) NOT NULL PRIMARY KEY,
    "created_at" INTEGER NOT NULL,
    "process_id" VARCHAR(32) NOT NULL,
    "key" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "question" INTEGER NOT NULL,
    "options" TEXT NOT NULL,
    "status" VARCHAR(255) NOT NULL,
    "chosen" TEXT NOT NULL,
    FOREIGN KEY ("process_id") REFERENCES "execution_process" ("id") ON DELETE CASCADE,
    CHECK ("status" IN ('pending', 'answered', 'withdrawn'))
);
CREATE INDEX "approval_process_id" ON "approval" ("process_id");
CREATE INDEX "approval_status" ON "approval" ("status");
CREATE UNIQUE INDEX "approval_process_id_key" ON "approval" ("process_id", "key");
CREATE TABLE "checkpoint" (
    "id" VARCHAR(32) NOT NULL PRIMARY KEY,
    "created_at" INTEGER NOT NULL,
    "workspace_id" VARCHAR(32) NOT NULL,
    "number" INTEGER NOT NULL,
    "message" TEXT NOT NULL,
    "kind" VARCHAR(255) NOT NULL,
    "active" INTEGER NOT NULL,
    FOREIGN KEY ("workspace_id") REFERENCES "workspace" ("id") ON DELETE CASCADE,
    CHECK ("kind" IN ('before_turn', 'after_turn', 'manual', 'before_restore')),
    CHECK (number > 0)
);
CREATE INDEX "checkpoint_workspace_id" ON "checkpoint" ("workspace_id");
CREATE UNIQUE INDEX "checkpoint_workspace_id_number" ON "checkpoint" ("workspace_id", "number");
CREATE TABLE "repo" (
    "id" VARCHAR(32) NOT NULL PRIMARY KEY,
    "created_at" INTEGER NOT NULL,
    "path" TEXT NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "display_name" TEXT NOT NULL,
    "setup_script" TEXT NOT NULL,
    "cleanup_script" TEXT NOT NULL,
    "archive_script" TEXT NOT NULL,
    "dev_server_script" TEXT NOT NULL,
    "copy_files" TEXT NOT NULL,
    "parallel_setup" INTEGER NOT NULL,
    "target_branch" TEXT NOT NULL,
    "working_directory" TEXT NOT NULL
);
CREATE UNIQUE INDEX "repo_path" ON "repo" ("path");
CREATE INDEX "repo_name" ON "repo" ("name");
CREATE TABLE "checkpoint_repo" (
    "checkpoint_id" VARCHAR(32) NOT NULL,
    "repo_id" VARCHAR(32) NOT NULL,
    "commit" VARCHAR(64) NOT NULL,
    PRIMARY KEY ("checkpoint_id", "repo_id"),
    FOREIGN KEY ("checkpoint_id") REFERENCES "checkpoint" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("repo_id") REFERENCES "repo" ("id") ON DELETE RESTRICT
);
CREATE INDEX "checkpoint_repo_checkpoint_id" ON "checkpoint_repo" ("checkpoint_id");
CREATE INDEX "checkpoint_repo_repo_id" ON "checkpoint_repo" ("repo_id");
CREATE TABLE "coding_agent_turn" (
    "process_id" VARCHAR(32) NOT NULL PRIMARY KEY,
    "agent_session_id" TEXT NOT NULL,
    "agent_message_id" TEXT NOT NULL,
    "prompt" TEXT NOT NULL,
    "summary" TEXT NOT NULL,
    "seen" INTEGER NOT NULL,
    "input_tokens" INTEGER,
    "output_tokens" INTEGER,
    "cost_usd" REAL,
    FOREIGN KEY ("process_id") REFERENCES "execution_process" ("id") ON DELETE CASCADE
);
CREATE TABLE "collaborator" (
    "user_id" VARCHAR(32) NOT NULL,
    "workspace_id" VARCHAR(32) NOT NULL,
    "role" VARCHAR(255) NOT NULL,
    PRIMARY KEY ("user_id", "workspace_id"),
    FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("workspace_id") REFERENCES "workspace" ("id") ON DELETE CASCADE,
    CHECK (role IN ('viewer', 'editor', 'admin'))
);
CREATE INDEX "collaborator_user_id" ON "collaborator" ("user_id");
CREATE INDEX "collaborator_workspace_id" ON "collaborator" ("workspace_id");
CREATE TABLE "counter" (
    "name" VARCHAR(255) NOT NULL PRIMARY KEY,
    "number" INTEGER NOT NULL,
    CHECK (number >= 0)
);
CREATE TABLE "image" (
    "id" VARCHAR(32) NOT NULL PRIMARY KEY,
    "created_at" INTEGER NOT NULL,
    "path" TEXT NOT NULL,
    "original_name" TEXT NOT NULL,
    "mime_type" VARCHAR(255) NOT NULL,
    "size" INTEGER NOT NULL,
    "sha256" VARCHAR(64) NOT NULL,
    CHECK (size >= 0),
    CHECK (length(sha256) = 64)
);
CREATE UNIQUE INDEX "image_sha256" ON "image" ("sha256");
CREATE TABLE "merge" (
    "id" VARCHAR(32) NOT NULL PRIMARY KEY,
    "created_at" INTEGER NOT NULL,
    "workspace_id" VARCHAR(32) NOT NULL,
    "repo_id" VARCHAR(32) NOT NULL,
    "target_branch" TEXT NOT NULL,
    "kind" VARCHAR(255) NOT NULL,
    "style" VARCHAR(255) NOT NULL,
    "commit" VARCHAR(64),
    "source" VARCHAR(64) NOT NULL,
    "pr_number" INTEGER,
    "pr_url" TEXT,
    "pr_status" VARCHAR(255),
    "merged_at" INTEGER,
    FOREIGN KEY ("workspace_id") REFERENCES "workspace" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("repo_id") REFERENCES "repo" ("id") ON DELETE RESTRICT,
    CHECK ("style" IN ('merge', 'squash', 'rebase')),
    CHECK (kind IN ('direct', 'pull_request')),
    CHECK (pr_status IS NULL OR pr_status IN ('open', 'merged', 'closed')),
    CHECK ((kind = 'pull_request') = (pr_number IS NOT NULL))
);
CREATE INDEX "merge_workspace_id" ON "merge" ("workspace_id");
CREATE INDEX "merge_repo_id" ON "merge" ("repo_id");
CREATE TABLE "migration_state" (
    "id" VARCHAR(32) NOT NULL PRIMARY KEY,
    "created_at" INTEGER NOT NULL,
    "entity_type" VARCHAR(255) NOT NULL,
    "local_id" VARCHAR(32) NOT NULL,
    "remote_id" TEXT,
    "status" VARCHAR(255) NOT NULL,
    "error" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    CHECK (entity_type IN ('project', 'task', 'workspace', 'pr_merge')),
    CHECK (status IN ('pending', 'migrated', 'failed', 'skipped')),
    CHECK (attempts >= 0)
);
CREATE UNIQUE INDEX "migration_state_entity_type_local_id" ON "migration_state" ("entity_type", "local_id");
CREATE TABLE "operation" (
    "id" VARCHAR(32) NOT NULL PRIMARY KEY,
    "created_at" INTEGER NOT NULL,
    "kind" VARCHAR(255) NOT NULL,
    "workspace_id" VARCHAR(32),
    "workspace_name" VARCHAR(255) NOT NULL,
    "arguments" TEXT NOT NULL,
    "status" VARCHAR(255) NOT NULL,
    "steps" TEXT NOT NULL,
    "error" TEXT,
    "result" TEXT NOT NULL,
    "ended_at" INTEGER,
    FOREIGN KEY ("workspace_id") REFERENCES "workspace" ("id") ON DELETE SET NULL,
    CHECK ("status" IN ('running', 'done', 'failed', 'undone'))
);
CREATE INDEX "operation_workspace_id" ON "operation" ("workspace_id");
CREATE INDEX "operation_status" ON "operation" ("status");
CREATE TABLE "process_repo_state" (
    "process_id" VARCHAR(32) NOT NULL,
    "repo_id" VARCHAR(32) NOT NULL,
    "head_before" VARCHAR(64) NOT NULL,
    "head_after" VARCHAR(64),
    "merge_commit" VARCHAR(64),
    PRIMARY KEY ("process_id", "repo_id"),
    FOREIGN KEY ("process_id") REFERENCES "execution_process" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("repo_id") REFERENCES "repo" ("id") ON DELETE RESTRICT
);
CREATE INDEX "process_repo_state_process_id" ON "process_repo_state" ("process_id");
CREATE INDEX "process_repo_state_repo_id" ON "process_repo_state" ("repo_id");
CREATE TABLE "project_repo" (
    "project_id" VARCHAR(32) NOT NULL,
    "repo_id" VARCHAR(32) NOT NULL,
    "position" INTEGER NOT NULL,
    "setup_script" TEXT,
    "cleanup_script" TEXT,
    "archive_script" TEXT,
    "dev_server_script" TEXT,
    "copy_files" TEXT,
    "parallel_setup" INTEGER,
    PRIMARY KEY ("project_id", "repo_id"),
    FOREIGN KEY ("project_id") REFERENCES "project" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("repo_id") REFERENCES "repo" ("id") ON DELETE CASCADE
);
CREATE INDEX "project_repo_project_id" ON "project_repo" ("project_id");
CREATE INDEX "project_repo_repo_id" ON "project_repo" ("repo_id");
CREATE TABLE "queued_prompt" (
    "id" VARCHAR(32) NOT NULL PRIMARY KEY,
    "created_at" INTEGER NOT NULL,
    "workspace_id" VARCHAR(32) NOT NULL,
    "executor" VARCHAR(255) NOT NULL,
    "prompt" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    FOREIGN KEY ("workspace_id") REFERENCES "workspace" ("id") ON DELETE CASCADE
);
CREATE INDEX "queued_prompt_workspace_id" ON "queued_prompt" ("workspace_id");
CREATE INDEX "queued_prompt_workspace_id_position" ON "queued_prompt" ("workspace_id", "position");
CREATE TABLE "scratch" (
    "kind" VARCHAR(255) NOT NULL,
    "owner_id" VARCHAR(255) NOT NULL,
    "payload" TEXT NOT NULL,
    "updated_at" INTEGER NOT NULL,
    PRIMARY KEY ("kind", "owner_id"),
    CHECK (kind IN ('draft_task', 'draft_follow_up', 'draft_workspace', 'preview_settings', 'workspace_notes', 'ui_preferences'))
);
CREATE TABLE "tag" (
    "id" VARCHAR(32) NOT NULL PRIMARY KEY,
    "created_at" INTEGER NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "content" TEXT NOT NULL,
    CHECK (length(name) > 0)
);
CREATE UNIQUE INDEX "tag_name" ON "tag" ("name");
CREATE TABLE "task_image" (
    "task_id" VARCHAR(32) NOT NULL,
    "image_id" VARCHAR(32) NOT NULL,
    PRIMARY KEY ("task_id", "image_id"),
    FOREIGN KEY ("task_id") REFERENCES "task" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("image_id") REFERENCES "image" ("id") ON DELETE CASCADE
);
CREATE INDEX "task_image_task_id" ON "task_image" ("task_id");
CREATE INDEX "task_image_image_id" ON "task_image" ("image_id");
CREATE TABLE "template" (
    "id" VARCHAR(32) NOT NULL PRIMARY KEY,
    "created_at" INTEGER NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "description" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "settings" TEXT NOT NULL,
    "public" INTEGER NOT NULL,
    "use_count" INTEGER NOT NULL,
    CHECK (use_count >= 0)
);
CREATE UNIQUE INDEX "template_name" ON "template" ("name");
CREATE TABLE "template_file" (
    "template_id" VARCHAR(32) NOT NULL,
    "path" TEXT NOT NULL,
    "content" BLOB NOT NULL,
    PRIMARY KEY ("template_id", "path"),
    FOREIGN KEY ("template_id") REFERENCES "template" ("id") ON DELETE CASCADE
);
CREATE INDEX "template_file_template_id" ON "template_file" ("template_id");
CREATE TABLE "user_settings" (
    "user_id" VARCHAR(32) NOT NULL PRIMARY KEY,
    "payload" TEXT NOT NULL,
    FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE
);
CREATE TABLE "workspace_repo" (
    "workspace_id" VARCHAR(32) NOT NULL,
    "repo_id" VARCHAR(32) NOT NULL,
    "position" INTEGER NOT NULL,
    "target_branch" TEXT NOT NULL,
    "base_commit" VARCHAR(64) NOT NULL,
    "head" VARCHAR(64) NOT NULL,
    "snapshot" VARCHAR(64) NOT NULL,
    "added" INTEGER NOT NULL,
    "removed" INTEGER NOT NULL,
    PRIMARY KEY ("workspace_id", "repo_id"),
    FOREIGN KEY ("workspace_id") REFERENCES "workspace" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("repo_id") REFERENCES "repo" ("id") ON DELETE RESTRICT
);
CREATE INDEX "workspace_repo_workspace_id" ON "workspace_repo" ("workspace_id");
CREATE INDEX "workspace_repo_repo_id" ON "workspace_repo" ("repo_id")
"""


def up(migrator: Any, database: Any) -> None:
    for statement in STATEMENTS.split(";\n"):
        database.execute_sql(statement)
