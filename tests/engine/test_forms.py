"""What a user fills in for an agent's question: read in the fields' own kinds, or refused."""

from __future__ import annotations

import pytest

from core.engine.forms import Given, checked_values
from core.errors import UsageError
from core.values.entities import FORM_OPTION, ApprovalOption, FormChoice, FormField

YES = ApprovalOption(id=FORM_OPTION, name="Answer", kind="allow_once")
NO = ApprovalOption(id="decline", name="Decline", kind="reject_once")
COLOURS = (FormChoice(value="r", title="Red"), FormChoice(value="b", title="Blue"))
FORM = (
    FormField(name="name", required=True),
    FormField(name="many", kind="integer"),
    FormField(name="size", kind="number"),
    FormField(name="sure", kind="boolean", default=False),
    FormField(name="one", kind="choice", choices=COLOURS),
    FormField(name="some", kind="choices", choices=COLOURS),
)


def test_texts_become_what_the_fields_want_and_defaults_fill_in() -> None:
    given: dict[str, Given] = {
        "name": "Ada", "many": "3", "size": "2.5", "sure": "yes", "one": "Blue", "some": "r,b",
    }  # fmt: skip
    assert checked_values(FORM, YES, given) == {
        "name": "Ada", "many": 3, "size": 2.5, "sure": True, "one": "b", "some": ["r", "b"],
    }  # fmt: skip
    assert checked_values(FORM, YES, {"name": "Ada"}) == {"name": "Ada", "sure": False}


def test_an_open_choice_takes_any_text() -> None:
    field = FormField(name="one", kind="choice", choices=COLOURS, open=True)
    assert checked_values((field,), YES, {"one": "Red"}) == {"one": "r"}
    assert checked_values((field,), YES, {"one": "mauve"}) == {"one": "mauve"}


def test_who_declines_fills_nothing_in() -> None:
    assert checked_values(FORM, NO, {}) == {}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "'name' filled in"),
        ({"name": "x", "nose": "y"}, "no field 'nose'"),
        ({"name": "x", "many": "2.5"}, "whole number"),
        ({"name": "x", "many": "1e999"}, "a number"),
        ({"name": "x", "size": "nan"}, "a number"),
        ({"name": "x", "sure": "perhaps"}, "yes or no"),
        ({"name": "x", "one": "green"}, "one of r, b"),
        ({"name": "x", "some": "r,green"}, "one of r, b"),
        ({"name": ("x",)}, "a text"),
    ],
)
def test_what_does_not_fit_is_refused(given: dict[str, Given], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        checked_values(FORM, YES, given)
