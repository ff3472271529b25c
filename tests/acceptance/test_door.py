"""Nobody in: the engine on a machine with other users, and the API over the network, as a user has them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.acceptance.user import User

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="asks Linux about sockets"),
]

STRANGER = 65534
"""The user id of `nobody`."""
AS_ANOTHER = """
import os, socket, sys
os.setgroups([]); os.setgid(int(sys.argv[1])); os.setuid(int(sys.argv[1]))
peer = socket.socket(socket.AF_UNIX)
try:
    peer.connect(sys.argv[2])
except OSError as error:
    print(error.errno); sys.exit()
peer.sendall(b"GET /api/v1/engine HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n")
print(peer.makefile("rb").read().decode())
"""
needs_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can act as another user")


@pytest.fixture
def user(tmp_path: Path) -> Iterator[User]:
    user = User(tmp_path / "home")
    before = os.umask(0)
    try:
        user.boatyard("engine", "start")
    finally:
        os.umask(before)
    yield user
    user.leave()


def another_user(path: Path) -> str:
    """What somebody else gets from the engine's socket: an answer, or the number of an error."""
    argv = [sys.executable, "-c", AS_ANOTHER, str(STRANGER), str(path)]
    return subprocess.run(argv, check=True, capture_output=True, text=True, timeout=60).stdout.strip()


@needs_root
def test_another_user_cannot_reach_the_socket(user: User) -> None:
    assert another_user(user.home / "run" / "engine.sock") == "13", "permission denied"


@needs_root
def test_another_user_is_refused_also_where_somebody_has_opened_the_folders(user: User) -> None:
    path = user.home / "run" / "engine.sock"
    for folder in path.parents:
        if folder.is_relative_to("/tmp") and folder != Path("/tmp"):
            folder.chmod(0o755)
    path.chmod(0o666)
    answer = another_user(path)
    assert answer.startswith("HTTP/1.1 403 ")
    assert "belongs to another user" in answer


@needs_root
def test_another_user_can_read_nothing_of_the_home(user: User) -> None:
    for folder in (user.home / name for name in ("data", "state", "run")):
        for path in (folder, *folder.rglob("*")):
            status = path.lstat()
            assert path.is_symlink() or not status.st_mode & 0o077 or not _reachable(path, user.home), path


def _reachable(path: Path, home: Path) -> bool:
    """Whether all folders on the way let others through."""
    return all(each.stat().st_mode & 0o001 for each in path.parents if each.is_relative_to(home))


def listening(user: User) -> list[int]:
    """The ports at which the engine listens."""
    found = psutil.Process(user.engine_pid()).net_connections(kind="inet")
    return [each.laddr.port for each in found if each.status == psutil.CONN_LISTEN]


@contextmanager
def serving(user: User, *argv: str) -> Iterator[str]:
    """`boatyard serve` while it runs; the address that it tells."""
    process = user.start("serve", *argv, "--json")
    assert process.stdout is not None and process.stderr is not None
    try:
        line = process.stdout.readline()
        assert line, process.stderr.read()
        door = json.loads(line)
        yield f"http://{door['host']}:{door['port']}"
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        process.stdout.close()
        process.stderr.close()


def fetch(url: str, token: str = "") -> int:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_it_listens_nowhere_until_it_is_told_to_and_then_wants_a_token(user: User) -> None:
    assert listening(user) == []
    made = user.boatyard("token", "add", "phone", "--expires", "30d")
    secret = made.out.strip()
    assert secret.startswith("boatyard_") and "not shown again" in made.err
    assert secret not in user.boatyard("token", "list").out
    with serving(user, "--api", "127.0.0.1:0") as url:
        assert len(listening(user)) == 1
        assert fetch(f"{url}/api/v1/tasks") == 401
        assert fetch(f"{url}/api/v1/tasks", secret) == 200
        user.boatyard("token", "remove", "phone")
        assert fetch(f"{url}/api/v1/tasks", secret) == 401
    deadline = 60.0
    while listening(user) and (deadline := deadline - 0.1) > 0:
        signal.sigtimedwait([], 0.1)
    assert listening(user) == [], "the door is open after its opener has gone"
    audit = (user.home / "state" / "audit.log").read_text()
    assert secret not in audit and '"path":"/api/v1/tasks","status":401' in audit


def test_what_cannot_be_opened_or_made_is_told(user: User) -> None:
    assert user.boatyard("serve", ok=False).code == 2
    assert user.boatyard("serve", "--api", "nonsense", "--json", ok=False).error["code"] == "usage"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = user.boatyard("serve", "--api", f"127.0.0.1:{taken.getsockname()[1]}", "--json", ok=False)
    assert (refused.code, refused.error["code"]) == (4, "conflict")
    assert user.boatyard("token", "add", "x", "--expires", "soon", ok=False).code == 2
    assert user.boatyard("token", "add", "x", "--scope", "all", ok=False).code == 2
    assert user.boatyard("token", "remove", "no-such", ok=False).code == 3
    assert user.boatyard("token", "list", "--json").json == []
