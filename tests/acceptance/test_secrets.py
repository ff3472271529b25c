"""Secrets reach the programs that need them, and nothing else: not the disk, not a list, not a screen."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from core.errors import UsageError
from core.runners.docker.address import find_address
from core.values.requests import NewWorkspace, RunCommand, WantedSettings
from core.values.states import OperationStatus, ProcessStatus, RunnerKind
from tests.yard import Yard

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("secrets")]

VALUES = {"file": "s3cret-of-a-file'$(x)", "env": "s3cret-of-a-variable", "command": "s3cret of a command"}
AUTH = {"token": "s3cret-in-an-auth-file", "more": ["x\u0000y"]}


@pytest.fixture(params=["host", pytest.param("docker", marks=[pytest.mark.container, pytest.mark.slow])])
def settings(
    request: pytest.FixtureRequest, yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> Iterator[WantedSettings]:
    monkeypatch.setenv("A_SECRET_OF_THE_ENGINE", VALUES["env"])
    (yard.folder / "value").write_text(VALUES["file"] + "\n")
    (yard.folder / "value of a command").write_text(VALUES["command"])
    (yard.folder / "auth.json").write_text(json.dumps(AUTH))
    in_docker = request.param == "docker"
    image = request.getfixturevalue("docker_engine") if in_docker else ""
    yield WantedSettings(
        runner=RunnerKind.DOCKER if in_docker else RunnerKind.HOST,
        image=image,
        memory_mb=512,
        network="none" if in_docker else "",
        secrets={
            "FROM_FILE": f"file:{yard.folder}/value",
            "FROM_ENV": "env:A_SECRET_OF_THE_ENGINE",
            "FROM_COMMAND": f"command:cat '{yard.folder}/value of a command'",
        },
        auth_files={".config/tool/auth file.json": f"file:{yard.folder}/auth.json"},
    )
    if in_docker:
        api = docker.APIClient(find_address(os.environ), version="auto")
        for container in containers(api, yard):
            api.remove_container(container, force=True)
        api.close()


def containers(api: docker.APIClient, yard: Yard) -> list[str]:
    label = f"boatyard.instance={yard.home.instance}"
    return [str(found["Id"]) for found in api.containers(all=True, filters={"label": label})]


LOOK = r"""
stat -c %a "$BOATYARD_AUTH_FILES/.config/tool/auth file.json"
cat "$BOATYARD_AUTH_FILES/.config/tool/auth file.json"; echo
printf '%s\n' "$FROM_FILE" "$FROM_ENV" "$FROM_COMMAND" | tee ../seen
cat /proc/[0-9]*/cmdline | tr '\0' ' ' | grep -c '[s]3cret' || true
echo "to errors: $FROM_FILE" >&2
"""


async def run(yard: Yard, name: str, script: str) -> str:
    process = await yard.client.run_command(name, RunCommand(argv=("sh", "-c", script)))
    ended = await yard.client.wait_process(process.id)
    errors = (await yard.client.log(process.id, stream="err")).text
    assert ended.status is ProcessStatus.COMPLETED, errors
    assert "s3cret" not in errors
    return (await yard.client.log(process.id)).text


async def test_secrets_reach_programs_and_are_found_nowhere_else(
    yard: Yard, settings: WantedSettings
) -> None:
    workspace = await yard.workspace(name="vault", agent="writer", prompt="go", settings=settings)
    await yard.turn(workspace)
    shown = await run(yard, "vault", LOOK + 'cat "$HOME/.config/tool/auth file.json" || :')
    mode, auth, *rest = shown.splitlines()
    assert mode == "600" and "s3cret" not in shown
    assert rest[:4] == ["*" * len(VALUES[kind]) for kind in VALUES] + ["0"]
    assert auth.count("*") >= len("s3cret-in-an-auth-file")
    raw = list((yard.home.workspaces / "vault/runs").glob("*/out"))
    assert any("\n".join(VALUES.values()) in path.read_text() for path in raw), "it did not get there"

    answers = [
        *(await yard.client.workspaces()), *(await yard.client.processes("vault")),
        await yard.client.snapshot(), await yard.client.conversation("vault"),
    ]  # fmt: skip
    assert "s3cret" not in repr(answers)
    hidden_in(yard)
    if settings.runner is RunnerKind.DOCKER:
        api = docker.APIClient(find_address(os.environ), version="auto")
        (container,) = containers(api, yard)
        assert "s3cret" not in json.dumps(api.inspect_container(container))
        api.close()


def hidden_in(yard: Yard) -> None:
    """No file of the home holds a value, but what the processes themselves wrote and the run folder."""
    for path in yard.home.data.parent.rglob("*"):
        private = path.is_relative_to(yard.home.socket.parent / "secrets")
        own = "runs" in path.parts or "code" in path.parts
        if stat.S_ISREG(path.lstat().st_mode) and not own:
            if private:
                assert stat.S_IMODE(path.stat().st_mode) == 0o600
            else:
                assert b"s3cret" not in path.read_bytes(), path
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            assert b"s3cret" not in process.read_bytes(), process
        except (FileNotFoundError, ProcessLookupError):
            continue


async def test_what_an_agent_says_is_covered_before_it_is_kept(yard: Yard, settings: WantedSettings) -> None:
    if settings.runner is RunnerKind.DOCKER:
        pytest.skip("the same code as on the host")
    workspace = await yard.workspace(name="teller", agent="writer", prompt=VALUES["env"], settings=settings)
    turn = await yard.turn(workspace)
    entries = (await yard.client.conversation("teller")).entries
    said = [entry.text for entry in entries if entry.kind != "user"]
    assert "did: " + "*" * len(VALUES["env"]) in said
    assert "s3cret" not in (await yard.client.turn(turn.id)).summary
    await yard.restart()
    again = (await yard.client.conversation("teller")).entries
    assert [entry.text for entry in again if entry.kind != "user"] == said


async def test_values_are_asked_for_anew_when_the_environment_starts_again(
    yard: Yard, settings: WantedSettings
) -> None:
    await yard.workspace(name="fresh", settings=settings)
    (yard.folder / "value").write_text("s3cret-number-two")
    assert await run(yard, "fresh", '[ "${#FROM_FILE}" = 21 ]') == ""
    await yard.done(await yard.client.close_workspace("fresh"))
    await yard.done(await yard.client.restore_workspace("fresh"))
    assert await run(yard, "fresh", '[ "${#FROM_FILE}" = 17 ]; echo "$FROM_FILE"') == "*" * 17 + "\n"


async def test_a_secret_that_cannot_be_had_stops_the_creation_and_can_be_tried_again(yard: Yard) -> None:
    settings = WantedSettings(secrets={"KEY": f"file:{yard.folder}/later"})
    ended = await yard.client.wait_operation((await yard.begin(name="late", settings=settings)).id)
    assert ended.status is OperationStatus.FAILED
    assert ended.error is not None and "the secret KEY cannot be read" in str(ended.error["message"])
    (yard.folder / "later").write_text("value")
    await yard.done(await yard.client.retry_setup("late"))


@pytest.mark.parametrize("reference", ["s3cret", "file:", "http://x", "command:'open", "env: "])
async def test_a_value_in_place_of_a_reference_is_refused_and_not_repeated(
    yard: Yard, reference: str
) -> None:
    task = await yard.task()
    for wanted in (WantedSettings(secrets={"KEY": reference}), WantedSettings(auth_files={"a": reference})):
        with pytest.raises(UsageError, match="no reference") as refusal:
            await yard.client.new_workspace(NewWorkspace(task=task.id, settings=wanted))
        assert "s3cret" not in str(refusal.value) + refusal.value.hint
    for path in ("/etc/passwd", "../x", "~/x"):
        with pytest.raises(UsageError, match="path of an auth file"):
            body = NewWorkspace(task=task.id, settings=WantedSettings(auth_files={path: "env:HOME"}))
            await yard.client.new_workspace(body)
