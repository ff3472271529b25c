"""The line to type on the machine in front of one, for a page that is served on this one."""

from __future__ import annotations

import pytest

from core.client.forwarding import forward_line

URL = "http://127.0.0.1:3000/path"


@pytest.fixture(autouse=True)
def _user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "ada")


@pytest.mark.parametrize(
    ("connection", "line"),
    [
        ("10.0.0.1 50000 10.0.0.2 22", "ssh -L 3000:127.0.0.1:3000 ada@10.0.0.2"),
        ("10.0.0.1 50000 10.0.0.2 2222", "ssh -L 3000:127.0.0.1:3000 -p 2222 ada@10.0.0.2"),
        ("fe80::1%eth0 50000 fe80::2%eth0 22", "ssh -L 3000:127.0.0.1:3000 ada@fe80::2"),
        ("", ""),
        ("10.0.0.1 50000 10.0.0.2", ""),
        ("10.0.0.1 50000 -oProxyCommand=x 22", ""),
    ],
)
def test_it_is_made_of_what_ssh_says_of_the_connection(connection: str, line: str) -> None:
    assert forward_line(URL, {"SSH_CONNECTION": connection}) == line


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://127.0.0.1:x/", "", "no address"])
def test_there_is_none_for_what_has_no_port(url: str) -> None:
    assert forward_line(url, {"SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22"}) == ""


def test_a_name_that_would_be_an_option_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "-oProxyCommand=x")
    line = forward_line(URL, {"SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22"})
    assert line == "ssh -L 3000:127.0.0.1:3000 10.0.0.2"
