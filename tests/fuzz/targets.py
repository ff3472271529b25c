"""The parsers that read what others wrote, each as a function of bytes that raises only what is a defect."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from core.agents.acp.driver import AcpDriver
from core.agents.claude.driver import ClaudeDriver
from core.agents.claude.wire import INITIALIZE
from core.agents.codex.driver import CodexDriver
from core.agents.driver import Driver, TurnRequest
from core.cli.env_file import read_env_file
from core.config import Config, WorkspaceSection, settings_from
from core.egress.request import read_request
from core.engine.planning import resolved_settings
from core.errors import BoatyardError
from core.git.changes import parse_changes
from core.git.checkpoint_manifest import read_manifest
from core.git.merge_tree import parse_merge
from core.git.patch_lines import PatchReader
from core.git.push_answer import parse_push
from core.git.snapshot import parse_snapshot
from core.lifecycle.devcontainer import parse_devcontainer
from core.lifecycle.own_file import parse_own_file
from core.processes.run_directory import parse_exit, parse_pids
from core.search.query import match_expression
from core.values.requests import RunTask
from tests.fuzz.guided import Target

LINES = 40
"""Lines of an agent that one input may have."""


@dataclass(frozen=True)
class Parser:
    """One of them, and what it is begun with."""

    target: Target
    folders: tuple[str, ...]
    seeds: tuple[bytes, ...]
    words: tuple[bytes, ...] = ()


def refusing(parse: Callable[[bytes], object]) -> Target:
    """What a parser refuses in words is no defect."""

    def target(data: bytes) -> None:
        with contextlib.suppress(BoatyardError):
            parse(data)

    return target


def as_text(parse: Callable[[str], object]) -> Target:
    return refusing(lambda data: parse(data.decode("utf-8", "replace")))


def driver(make: Callable[[TurnRequest], Driver], *opening: bytes) -> Target:
    """An agent's whole turn: its opening, then the input's lines, then its end."""

    def target(data: bytes) -> None:
        each = make(TurnRequest("p1", "Do it", "/repo", "old"))
        each.begin()
        for now, line in enumerate((*opening, *data.split(b"\n")[:LINES]), 1):
            each.receive(line, float(now))
        each.flush()
        each.exited(0, 1000.0)

    return target


def patch(data: bytes) -> None:
    reader = PatchReader(range(3))
    for line in data.split(b"\n"):
        reader.read(line, wanted=True)


def run_directory(data: bytes) -> None:
    report, ids = parse_exit(data), parse_pids(data)
    assert report is None or 0 <= report.code <= 255
    assert ids is None or ids is not None


def body(data: bytes) -> None:
    """As the server decodes one (see `core.server.application`), and what is asked of its settings first."""
    with contextlib.suppress(msgspec.DecodeError, RecursionError, UnicodeDecodeError, BoatyardError):
        resolved_settings(msgspec.json.decode(data, type=RunTask).settings, WorkspaceSection())


def env_file(data: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        with contextlib.suppress(BoatyardError):
            read_env_file(str(Path(file.name)))


HELLO = b'{"id":1,"result":{"protocolVersion":1,"agentCapabilities":{"loadSession":true}}}'
SESSION = b'{"id":2,"result":{"sessionId":"s"}}'
UPDATES = (
    b'{"method":"session/update","params":{"update":{"sessionUpdate":"agent_message_chunk",'
    b'"content":{"type":"text","text":"words"}}}}',
    b'{"method":"session/update","params":{"update":{"sessionUpdate":"tool_call","toolCallId":"t","title":"x",'
    b'"kind":"edit","content":[{"type":"diff","path":"a","oldText":null,"newText":"b"}]}}}',
    b'{"id":7,"method":"session/request_permission","params":{"toolCall":{"toolCallId":"t"},"options":'
    b'[{"optionId":"y","name":"Yes","kind":"allow_once"}]}}',
    b'{"method":"session/update","params":{"update":{"sessionUpdate":"plan","entries":[{"content":"s"}]}}}',
    b'{"method":"session/update","params":{"update":{"sessionUpdate":"usage_update","used":1,"size":2}}}',
    b'{"id":3,"result":{"stopReason":"end_turn"}}',
    b'{"id":3,"error":{"code":-32000,"message":"no"}}',
)
CLAUDE = (
    b'{"type":"system","subtype":"init","session_id":"s1","mcp_servers":[{}]}',
    b'{"type":"assistant","message":{"id":"m1","content":[{"type":"text","text":"words"}]}}',
    b'{"type":"assistant","message":{"id":"m","content":[{"type":"tool_use","id":"t","name":"Bash",'
    b'"input":{"command":"ls"}}]}}',
    b'{"type":"control_request","request_id":"r","request":{"subtype":"can_use_tool","tool_name":"Bash",'
    b'"input":{"command":"ls"}}}',
    b'{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"t","content":"x"}]}}',
    b'{"type":"result","subtype":"success","result":"r","usage":{"input_tokens":3}}',
    b'{"type":"rate_limit_event","rate_limit_info":{"status":"rejected","resetsAt":5}}',
)
CODEX = (
    b'{"method":"item/started","params":{"item":{"type":"commandExecution","id":"i","command":"ls"}}}',
    b'{"method":"item/completed","params":{"item":{"type":"agentMessage","id":"m","text":"words"}}}',
    b'{"method":"item/completed","params":{"item":{"type":"fileChange","id":"f","changes":[{"path":"a",'
    b'"diff":"@@ -1 +1 @@\\n-a\\n+b","kind":{"type":"update"}}]}}}',
    b'{"id":9,"method":"item/commandExecution/requestApproval","params":{"itemId":"i","command":"ls"}}',
    b'{"method":"turn/completed","params":{"turn":{"id":"t","status":"completed"}}}',
    b'{"method":"error","params":{"error":{"message":"no"},"willRetry":false}}',
)
JSON_WORDS = (b"{}", b"[]", b"null", b"true", b'""', b'"a":', b",", b":", b'"type":', b'"id":', b"3", b"-5")

PARSERS: dict[str, Parser] = {
    "patch": Parser(patch, ("core/git/patch_lines",), (
        b"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@ f\n a\n-b\n+c\n\\ No newline\n",
        b"diff --git a/x b/x\nBinary files a/x and b/x differ\n",
        b"diff --git a/x b/x\n@@ -" + b"1" * 5000 + b" +1 @@\n",  # more digits than Python reads
    ), (b"@@ -1 +1 @@\n", b"@@ -0,0 +1,3 @@\n", b"diff --git ", b"\\", b"+", b"-", b" ")),
    "changes": Parser(
        refusing(parse_changes), ("core/git/changes",),
        (b":100644 100644 1111111 2222222 M\0a\0:100644 100644 1111111 2222222 R100\0a\0b\0" b"1\t2\ta\0",
         b"-\t-\tb\0" b"1\t2\t\0a\0b\0"),
        (b"\0", b"\t", b":100644 ", b" M\0", b" R100\0", b" T\0", b"1\t2\t"),
    ),
    "merge": Parser(
        refusing(lambda data: parse_merge(data, clean=False)), ("core/git/merge_tree",),
        (b"1" * 40 + b"\0" b"100644 " + b"2" * 40 + b" 1\ta\0\0" b"1\0a\0CONFLICT (contents)\0Conflict\0",),
        (b"\0", b" 1\t", b" 2\t", b" 3\t", b"CONFLICT (", b"1" * 40),
    ),
    "push": Parser(
        refusing(parse_push), ("core/git/push_answer",),
        (b"To x\n*\trefs/heads/a:refs/heads/b\t[new branch]\n!\ta:b\t[rejected] (stale info)\nDone\n",),
        (b"\t", b"!\t", b"*\t", b"=\t", b"[rejected] (", b"Done\n"),
    ),
    "snapshot": Parser(
        refusing(parse_snapshot), ("core/git/snapshot",),
        (b"snapshot " + b"1" * 40 + b"\nhead " + b"2" * 40 + b"\ndirty 1\nembedded a\nmissing b\n",),
        (b"snapshot ", b"head ", b"dirty ", b"embedded ", b"missing ", b"1" * 40),
    ),
    "manifest": Parser(
        refusing(read_manifest), ("core/git/checkpoint_manifest",),
        (b'{"format":1,"workspace":"w","repos":[]}',), JSON_WORDS,
    ),
    "acp": Parser(
        driver(lambda request: AcpDriver(request, agent="x", install_hint=""), HELLO, SESSION),
        ("core/agents/",), UPDATES, JSON_WORDS,
    ),
    "claude": Parser(driver(ClaudeDriver, (
        b'{"type":"control_response","response":{"request_id":"%s","response":{}}}' % INITIALIZE.encode()
    )), ("core/agents/",), CLAUDE, JSON_WORDS),
    "codex": Parser(driver(CodexDriver, HELLO, b'{"id":2,"result":{"thread":{"id":"t"}}}',
                           b'{"id":3,"result":{"turn":{"id":"t"}}}'), ("core/agents/",), CODEX, JSON_WORDS),
    "run-directory": Parser(run_directory, ("core/processes/run_directory",), (
        b"exit 0 ok   \n", b"0\n", b"137 oom\n", b"1234 5678\n",
    )),
    "config": Parser(
        as_text(lambda text: settings_from(text, Config, "config.toml")), ("core/config", "tomllib"),
        (b"[workspace]\ncpus = 2.0\n[agents.x]\nkind = 'acp'\ncommand = ['a']\n",
         b"[forges.x]\nkind='gitea'\n"),
        (b"[", b"]", b"=", b"'", b'"""', b"[[a]]\n", b"workspace.", b"agents.x.", b"\nenv={a='b'}\n", b"\n"),
    ),
    "own-file": Parser(
        refusing(parse_own_file), ("core/config", "core/lifecycle/", "tomllib"),
        (b'image = "x"\nports = [1]\ncopy_files = [".env*", "!b/**"]\n[scripts]\nsetup = "a"\n',),
        (b"ports=[", b"]", b"copy_files=['", b"'", b"**/", b"../", b"[a-z]", b"{a,b}", b"scripts.setup='"),
    ),
    "devcontainer": Parser(
        as_text(lambda text: parse_devcontainer(text, ".devcontainer/devcontainer.json", "/w")),
        ("core/lifecycle/devcontainer", "core/lifecycle/jsonc"),
        (b'{"image":"x", //\n"build":{"dockerfile":"D","context":".."},"containerEnv":{"A":"${localEnv}"},}',
         b'{"mounts":["source=a,target=/b,type=volume"],"forwardPorts":[3000],"postCreateCommand":{"a":["b"]}}'),
        (*JSON_WORDS, b"//", b"/*", b"*/", b"${", b"}", b'"mounts":[', b'"remoteUser":"', b'"build":{'),
    ),
    "body": Parser(body, ("core/engine/", "core/runners/", "core/egress/"), (
        b'{"title":"t","repos":["/x"],"settings":{"runner":"host","env":{"A":"b"},"ports":[1]}}',
        b'{"title":"t","repos":["/x"],"settings":{"secrets":{"A":"env:B"},"auth_files":{"a/b":"file:/c"}}}',
        b'{"title":"t","repos":["/x"],"settings":{"network":"allow","allow_hosts":["*.x.org:1","10.0.0.0/8"]}}',
    ), (*JSON_WORDS, b'"title":', b'"settings":{', b'"memory_mb":')),
    "env-file": Parser(env_file, ("core/cli/env_file",), (b"A=1\nexport B='x'\nC=\"y\\\"\" # z\n",), (
        b"export ", b"='", b'="', b"#", b"\\", b"\n",
    )),
    "proxy-request": Parser(refusing(read_request), ("core/egress/",), (
        b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n",
        b"GET http://example.org/x HTTP/1.1\r\nHost: example.org\r\n\r\n",
    ), (b"CONNECT ", b"GET http://", b"[::1]", b":443", b" HTTP/1.1\r\n", b"Host: ", b"Content-Length: ")),
    "query": Parser(as_text(match_expression), ("core/search/query",), (b'a "b c" -d e* ', b"NEAR("), (
        b'"', b"-", b"*", b"NEAR(", b" OR ",
    )),
}  # fmt: skip
