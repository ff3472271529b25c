"""Questions that agents ask the user, as forms: one field each, with the choices that are offered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.agents import reading
from core.agents.driver import AskApproval
from core.agents.text import clean, one_line
from core.values.entities import FORM_OPTION, ApprovalOption, FormChoice, FormField

QUESTIONS_LIMIT = 20
CHOICES_LIMIT = 100
DECLINE = "decline"
FILL_IN = ApprovalOption(id=FORM_OPTION, name="Answer", kind="allow_once")
REFUSE = ApprovalOption(id=DECLINE, name="Do not answer", kind="reject_once")
CHOICE = "choice:"
"""What the ids of options that name a choice begin with."""


@dataclass(frozen=True)
class Question:
    """One question with its choices; without any, a text is wanted."""

    name: str
    """How the answer is told apart from others."""
    text: str
    header: str = ""
    choices: tuple[FormChoice, ...] = ()
    several: bool = False
    """Whether more than one choice can be taken."""


def choices_of(options: Any) -> tuple[FormChoice, ...]:
    """The choices in a list of `{label, description}`, each named by its label."""
    found = []
    for option in reading.dicts(options, CHOICES_LIMIT):
        label = clean(reading.text(option.get("label")))[:500]
        about = one_line(reading.text(option.get("description")), 300)
        if label:
            found.append(FormChoice(value=label, title=f"{label}: {about}" if about else label))
    return tuple(found)


def as_form(questions: Sequence[Question]) -> tuple[FormField, ...]:
    return tuple(
        FormField(
            name=each.name,
            title=one_line(each.text, 500),
            description=one_line(each.header, 200),
            kind=("choices" if each.several else "choice") if each.choices else "text",
            required=True,
            choices=each.choices,
            open=True,
        )
        for each in questions[:QUESTIONS_LIMIT]
    )


def ask_questions(key: str, questions: Sequence[Question]) -> AskApproval:
    """The request for answers; one question with choices can be answered by naming a choice alone."""
    options = [FILL_IN]
    if len(questions) == 1 and not questions[0].several:
        options += [
            ApprovalOption(id=CHOICE + choice.value, name=one_line(choice.value, 200), kind="allow_once")
            for choice in questions[0].choices
        ]
    return AskApproval(
        key=key,
        title=one_line(questions[0].text) if questions else "The agent asks a question",
        detail="\n\n".join(_words(each) for each in questions),
        options=(*options, REFUSE),
        question=True,
        form=as_form(questions),
    )


def answers(
    questions: Sequence[Question], option: ApprovalOption, values: Mapping[str, Any]
) -> dict[str, list[str]]:
    """The texts chosen or written, by the questions' names."""
    if option.id.startswith(CHOICE) and questions:
        return {questions[0].name: [option.id[len(CHOICE) :]]}
    found = {}
    for each in questions:
        value = values.get(each.name)
        if value is not None:
            found[each.name] = (
                [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)]
            )
    return found


def _words(question: Question) -> str:
    return "\n".join([question.text, *(f"- {choice.title or choice.value}" for choice in question.choices)])
