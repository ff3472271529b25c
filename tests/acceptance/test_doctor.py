"""What is wrong is found, explained and, when the user agrees, put right; nothing changes without that."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import stat
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import UnixStreamServer
from types import SimpleNamespace
from typing import Any

import pytest

from core.cli.diagnosis.finding import State
from core.cli.diagnosis.home import LOW_DISK, disk
from core.code_mark import CODE
from core.paths import find_home
from tests.acceptance.user import COMMAND, User, make_repository
from tests.yard import AGENTS, HOST

pytestmark = pytest.mark.slow


@pytest.fixture
def user(tmp_path: Path) -> Iterator[User]:
    user = User(tmp_path / "home", {"TMUX": ""})
    (user.home / "config").mkdir(parents=True)
    (user.home / "config" / "config.toml").write_text(HOST + AGENTS)
    yield user
    user.leave()


def found(user: User, name: str, *argv: str) -> dict[str, Any]:
    """The finding of a name; the first that is not in order."""
    document = user.boatyard("doctor", "--json", *argv, ok=False).json
    findings = [each for each in document if each["name"] == name]
    assert findings, document
    return next((each for each in findings if each["state"] != "ok"), findings[0])


def program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def test_an_engine_from_before_an_update_is_named_and_gives_way_while_its_agent_goes_on(
    user: User, tmp_path: Path
) -> None:
    before = tmp_path / "before"
    shutil.copytree(CODE, before / "core", ignore=shutil.ignore_patterns("__pycache__"))
    with (before / "core" / "errors.py").open("a") as file:
        file.write("# as it was\n")
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    user.env["GATE"] = str(gate)
    old = {**user.environment, "PYTHONPATH": str(before)}
    subprocess.run([*COMMAND, "engine", "start"], env=old, check=True, capture_output=True)
    repository = make_repository(tmp_path / "repo", {"a": "a"})
    user.boatyard("run", "Go on", "--repo", str(repository), "--agent", "gated", "--name", "going-on")
    told = found(user, "engine")
    assert told["state"] == "warning" and "it was started before an update" in told["what"]
    assert told["fix"] == "boatyard engine restart" and told["fixable"]
    process = user.boatyard("engine", "status", "--json").json["pid"]
    after = user.boatyard("engine", "restart")
    assert "1 process went on" in after.out and str(process) not in after.out
    assert found(user, "engine")["state"] == "ok"
    gate.write_text("on\n")
    user.boatyard("workspace", "send", "going-on", "And again", "--agent", "writer", "--wait")
    assert "done: on" in user.boatyard("search", "done: on").out


def test_a_home_in_order_has_no_problem_and_says_all_of_each_finding(user: User, tmp_path: Path) -> None:
    user.boatyard("project", "add", "p", str(make_repository(tmp_path / "repo", {"a": "a"})))
    answer = user.boatyard("doctor", "--json")
    assert answer.code == 0
    for finding in answer.json:
        assert finding.keys() == {"name", "state", "what", "why", "fix", "fixable"}
        assert finding["state"] in ("ok", "warning")
        assert finding["state"] == "ok" or (finding["why"] and finding["fix"])
    names = {finding["name"] for finding in answer.json}
    assert {"git", "tmux", "disk", "modes", "settings", "database", "depots", "operations"} <= names


def test_modes_are_told_and_mended_only_when_asked_to(user: User) -> None:
    user.boatyard("engine", "start")
    data = user.home / "data"
    data.chmod(0o755)
    (data / "boatyard.db").chmod(0o644)
    finding = found(user, "modes")
    assert finding["state"] == "problem" and str(data) in finding["fix"] and finding["fixable"]
    refused = user.boatyard("doctor", "--fix", ok=False)  # no terminal to ask on
    assert refused.code == 2 and "--yes" in refused.err
    assert stat.S_IMODE(data.stat().st_mode) == 0o755

    done = user.boatyard("doctor", "--fix", "--yes", "--json").json
    assert [each["name"] for each in done["fixed"]] == ["modes"]
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE((data / "boatyard.db").stat().st_mode) == 0o600
    assert all(each["state"] != "problem" for each in done["findings"])


@pytest.mark.parametrize(("answer", "mode"), [("n", 0o755), ("y", 0o700)])
def test_on_a_terminal_each_fix_is_asked_for(user: User, answer: str, mode: int) -> None:
    user.boatyard("engine", "start")
    (user.home / "data").chmod(0o755)
    asked = subprocess.run(
        ["script", "-qec", f"{shlex.join(COMMAND)} doctor --fix", "/dev/null"],
        input=f"{answer}\n", env=user.environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert "Do this? [y/N]" in asked.stdout
    assert stat.S_IMODE((user.home / "data").stat().st_mode) == mode


def test_settings_that_are_wrong_are_told_with_line_and_nearest_key(user: User) -> None:
    (user.home / "config" / "config.toml").write_text("[workspace]\ncpus = 2.0\nmemry_mb = 4\n")
    finding = found(user, "settings")
    assert finding["state"] == "problem"
    assert "line 3" in finding["what"] and "memory_mb" in finding["fix"]
    (user.home / "config" / "config.toml").write_text("[workspace\n")
    assert "line 1" in found(user, "settings")["what"]


def test_a_broken_theme_is_told_with_its_line(user: User) -> None:
    (user.home / "config" / "themes").mkdir()
    (user.home / "config" / "themes" / "mine.toml").write_text("dark = true\nprimaray = '#ffffff'\n")
    finding = found(user, "theme")
    assert finding["state"] == "warning" and "mine.toml:2" in finding["what"]


def test_a_damaged_database_and_depot_are_found(user: User, tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repo", {"a": "a"})
    user.boatyard("run", "Do it", "--repo", str(repository), "--agent", "writer", "--wait")
    user.boatyard("engine", "stop")
    (depot,) = (user.home / "data" / "depots").glob("*.git")
    packs = [path for path in (depot / "objects").rglob("*") if path.is_file()]
    kept = {path: path.read_bytes() for path in packs}
    for path in packs:
        path.unlink()
    finding = found(user, "depots")
    assert finding["state"] == "problem" and str(depot) in finding["what"] and "restore" in finding["fix"]
    for path, data in kept.items():
        path.write_bytes(data)
    user.boatyard("engine", "stop")
    assert found(user, "depots")["state"] == "ok"

    user.boatyard("engine", "stop")
    database = user.home / "data" / "boatyard.db"
    whole = database.read_bytes()
    with database.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(40960))
    finding = found(user, "database")
    database.write_bytes(whole)  # for the engine that takes the workspace away
    assert finding["state"] == "problem" and finding["why"] and "backups" in finding["fix"]


def test_what_a_killed_engine_left_is_told_and_taken_away(user: User, tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repo", {"a": "a"})
    user.boatyard("run", "Do it", "--repo", str(repository), "--agent", "writer", "--wait")
    user.kill_engine()
    (depot,) = (user.home / "data" / "depots").glob("*.git")
    lock = depot / "packed-refs.lock"
    lock.touch()
    said = user.boatyard("doctor", "--fix", "--yes", ok=False).out
    assert "packed-refs.lock" in said and "an engine was killed" in said.lower()
    assert not lock.exists()
    assert found(user, "database")["state"] == "ok"


@pytest.mark.parametrize(
    ("name", "script", "state", "said"),
    [
        ("git", "echo git version 2.30.2", "problem", "too old"),
        ("tmux", "echo tmux 2.9", "warning", "too old"),
    ],
)
def test_programs_that_are_too_old_are_told(
    user: User, tmp_path: Path, name: str, script: str, state: str, said: str
) -> None:
    user.boatyard("engine", "start")  # with programs as they are
    program(tmp_path / "bin", name, script)
    user.env["PATH"] = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
    finding = found(user, name)
    assert finding["state"] == state and said in finding["what"] and "later" in finding["fix"]


def test_programs_that_are_missing_are_told(user: User, tmp_path: Path) -> None:
    user.boatyard("engine", "start")
    (tmp_path / "bin").mkdir()
    user.env["PATH"] = str(tmp_path / "bin")
    document = user.boatyard("doctor", "--json", ok=False).json
    told = {each["name"]: (each["state"], each["what"]) for each in document}
    assert (told["git"], told["tmux"]) == (("problem", "not found"), ("warning", "not found"))
    assert all(each["why"] and "Install" in each["fix"] for each in document if each["what"] == "not found")


class OldEngine(BaseHTTPRequestHandler):
    """A container engine of long ago, as far as anybody asks it."""

    def do_GET(self) -> None:
        about = {"Version": "19.3.15", "ServerVersion": "19.3.15", "ApiVersion": "1.40", "NCPU": 2}
        listed = "/json" in self.path  # /containers/json, /images/json
        body = json.dumps([] if listed else about).encode()
        self.send_response(200)
        self.send_header("API-Version", "1.40")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        return "a Unix socket"

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


def test_a_container_engine_that_is_too_old_is_told(user: User) -> None:
    path = user.home / "old.sock"
    with UnixStreamServer(str(path), OldEngine) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        user.env["DOCKER_HOST"] = f"unix://{path}"
        finding = found(user, "docker")
        server.shutdown()
    assert finding["state"] == "warning" and "19.3.15" in finding["what"] and "too old" in finding["what"]
    assert "later Docker" in finding["fix"]


def test_a_disk_that_is_nearly_full_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = find_home(str(tmp_path))
    assert disk(home).state is State.OK
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=LOW_DISK))
    finding = disk(home)
    assert finding.state is State.PROBLEM and "2.0 GiB free" in finding.what
    assert "workspace list" in finding.fix and "process prune" in finding.fix


def test_options_of_tmux_are_told_and_set(user: User, tmp_path: Path) -> None:
    socket = f"doctor-{os.getpid()}"
    tmux = ("tmux", "-L", socket, "-f", "/dev/null")
    subprocess.run([*tmux, "new-session", "-d", "-s", "s", "sleep 600"], check=True)
    try:
        asked = [*tmux, "display-message", "-p", "#{socket_path},#{pid},0"]
        told = subprocess.run(asked, check=True, capture_output=True, text=True)
        user.env["TMUX"] = told.stdout.strip()
        said = user.boatyard("doctor", ok=False).out
        assert "focus-events is off" in said and "~/.tmux.conf" in said
        user.boatyard("doctor", "--fix", "--yes", ok=False)
        for option in ("focus-events", "extended-keys"):
            shown = subprocess.run(
                [*tmux, "show-options", "-sv", option], capture_output=True, text=True, check=True
            )
            assert shown.stdout.strip() == "on"
        assert found(user, "tmux options")["state"] == "ok"
    finally:
        subprocess.run([*tmux, "kill-server"], check=False)


@pytest.mark.container
def test_orphaned_containers_are_listed_and_removed(user: User, docker_engine: str, tmp_path: Path) -> None:
    import docker

    user.boatyard("engine", "start")
    labels = {"boatyard.instance": find_home(str(user.home)).instance, "boatyard.workspace": "long-gone"}
    client = docker.from_env()
    container = client.containers.create(docker_engine, "true", labels=labels)
    try:
        finding = found(user, "containers")
        assert finding["state"] == "warning" and (container.name or "?") in finding["what"]
        client.containers.get(container.id or "")
        user.boatyard("doctor", "--fix", "--yes", ok=False)
        with pytest.raises(docker.errors.NotFound):
            client.containers.get(container.id or "")
    finally:
        client.close()
