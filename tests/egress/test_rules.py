"""What a list of hosts allows, and what it never does unless told so in so many words."""

from __future__ import annotations

import ipaddress

import pytest

from core.egress.request import read_request
from core.egress.rules import Rules
from core.errors import UsageError


@pytest.mark.parametrize(
    ("entry", "host", "port", "allowed"),
    [
        ("example.org", "example.org", 443, True),
        ("example.org", "example.org", 80, True),
        ("example.org", "example.org", 22, False),
        ("example.org", "www.example.org", 443, False),
        ("example.org", "notexample.org", 443, False),
        ("example.org", "example.org.evil.test", 443, False),
        ("Example.ORG.", "example.org", 443, True),
        ("*.example.org", "www.example.org", 443, True),
        ("*.example.org", "a.b.example.org", 443, True),
        ("*.example.org", "example.org", 443, False),
        ("*.example.org", "evilexample.org", 443, False),
        ("example.org:8443", "example.org", 8443, True),
        ("example.org:8443", "example.org", 443, False),
    ],
)
def test_a_name_allows_what_it_says(entry: str, host: str, port: int, allowed: bool) -> None:
    assert Rules([entry]).names(host, port) is allowed


@pytest.mark.parametrize(
    ("entry", "address", "port", "allowed"),
    [
        ("192.0.2.7", "192.0.2.7", 443, True),
        ("192.0.2.7", "192.0.2.8", 443, False),
        ("10.0.0.0/8:5432", "10.1.2.3", 5432, True),
        ("10.0.0.0/8:5432", "10.1.2.3", 443, False),
        ("127.0.0.1:80", "::ffff:127.0.0.1", 80, True),
        ("[2001:db8::1]:8443", "2001:db8::1", 8443, True),
        ("example.org", "93.184.216.34", 443, False),
    ],
)
def test_an_address_has_to_be_on_the_list_itself(entry: str, address: str, port: int, allowed: bool) -> None:
    assert Rules([entry]).lists(ipaddress.ip_address(address), port) is allowed


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.17.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "::1", "fe80::1", "fd00:ec2::254", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::",
        "224.0.0.1", "255.255.255.255",
    ],
)  # fmt: skip
def test_a_name_leads_to_no_private_address_and_no_metadata_service(address: str) -> None:
    assert not Rules(["example.org"]).leads_to(ipaddress.ip_address(address), 443)


def test_a_name_leads_to_public_addresses_and_to_listed_ones() -> None:
    rules = Rules(["example.org", "10.0.0.0/8"])
    assert rules.leads_to(ipaddress.ip_address("93.184.216.34"), 443)
    assert rules.leads_to(ipaddress.ip_address("10.1.1.1"), 443)
    assert not rules.leads_to(ipaddress.ip_address("10.1.1.1"), 22)


@pytest.mark.parametrize(
    "entry",
    ["", "*", "*.", "no host", "http://example.org", "example.org/path", "example.org:", "example.org:0",
     "example.org:99999", "-x.org", "a..b", "127.1", "2130706433", "example.*", "a.*.org", "ex\nample.org"],
)  # fmt: skip
def test_an_entry_that_cannot_be_read_is_refused(entry: str) -> None:
    with pytest.raises(UsageError):
        Rules([entry])


def test_a_plain_request_is_sent_on_for_one_answer_and_to_the_host_it_names() -> None:
    head = (
        b"GET http://example.org:8080/a?b HTTP/1.1\r\nHost: other.test\r\nProxy-Authorization: x\r\n"
        b"Connection: keep-alive\r\nAccept: */*\r\n\r\n"
    )
    request = read_request(head)
    assert (request.host, request.port) == ("example.org", 8080)
    assert request.first == (
        b"GET /a?b HTTP/1.1\r\nHost: example.org:8080\r\nConnection: close\r\nAccept: */*\r\n\r\n"
    )


@pytest.mark.parametrize(
    "line",
    [
        b"GET / HTTP/1.1", b"CONNECT example.org HTTP/1.1", b"CONNECT user@example.org:443 HTTP/1.1",
        b"GET http://user@example.org/ HTTP/1.1", b"GET https://example.org/ HTTP/1.1", b"\x16\x03\x01",
        b"CONNECT example.org:99999 HTTP/1.1", b"GET  http://example.org/ HTTP/1.1", b"GET ftp://x/ HTTP/1.1",
    ],
)  # fmt: skip
def test_what_is_no_request_for_a_proxy_is_refused(line: bytes) -> None:
    with pytest.raises(UsageError):
        read_request(line + b"\r\n\r\n")
