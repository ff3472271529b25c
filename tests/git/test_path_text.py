"""File names as text, without loss."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.git.path_text import name_to_text, text_to_name
from core.git.quoting import unquote

NAMES = st.one_of(
    st.binary(min_size=1).map(lambda name: name.replace(b"\0", b"x")),
    st.text(st.characters(min_codepoint=0x10FE00, max_codepoint=0x10FFFF), min_size=1).map(str.encode),
)


@given(NAMES)
def test_every_name_comes_back_as_it_was(name: bytes) -> None:
    assert text_to_name(name_to_text(name)) == name


@given(NAMES)
def test_every_name_can_be_sent_as_json(name: bytes) -> None:
    assert name_to_text(name).encode("utf-8").decode("utf-8") == name_to_text(name)


@given(NAMES, NAMES)
def test_different_names_stay_different(one: bytes, other: bytes) -> None:
    assert (name_to_text(one) == name_to_text(other)) == (one == other)


def test_names_in_utf_8_are_shown_as_they_are() -> None:
    assert name_to_text("grün [slug].txt".encode()) == "grün [slug].txt"


def test_a_text_that_came_from_no_name_is_refused() -> None:
    for text in ("a\0b", "a\udcff"):
        with pytest.raises(ValueError):
            text_to_name(text)


@given(st.binary(min_size=1).map(lambda name: name.replace(b"\0", b"x")))
def test_names_that_git_quotes_are_read_back(name: bytes) -> None:
    printed = "".join(f"\\{byte:03o}" for byte in name)
    assert text_to_name(unquote(f'"{printed}"')) == name


def test_the_short_escapes_of_git_are_known() -> None:
    assert unquote(r'"a\tb\nc\"d\\e\033f"') == 'a\tb\nc"d\\e\033f'
    assert unquote("plain name") == "plain name"
