from __future__ import annotations

from pathlib import Path

import pytest
from rich.style import Style
from textual.color import Color

from core.errors import ConfigError
from tests.tui.harbour import Harbour
from tests.tui.steering import at_the_helm
from themes import load_theme, theme_names
from themes.colour import contrast
from tui.palette import Palette

NOT_TEXT = {"rule", "cursor", "cursor-blurred", "added-line", "removed-line", "match", "bar",
            "added-word", "removed-word"}  # fmt: skip
LEAST = 4.5
"""WCAG 2.2 AA for text."""


def _backgrounds(colours: dict[str, str]) -> dict[str, str]:
    names = ("background", "panel", "surface", "cursor", "cursor-blurred", "added-line", "removed-line")
    return {name: colours[name] for name in names}


@pytest.mark.parametrize("name", [name for name in theme_names() if name != "ansi"])
def test_every_text_can_be_read_on_the_background(name: str) -> None:
    theme = load_theme(name)
    palette = Palette(theme.tokens)
    for token in theme.tokens.keys() - NOT_TEXT:
        colour = palette.style(token).color
        assert colour is not None and colour.triplet is not None, token
        for place in ("background", "surface"):
            assert contrast(colour.triplet.hex, theme.colours[place]) >= LEAST, (name, token, place)


@pytest.mark.parametrize("name", [name for name in theme_names() if name != "ansi"])
def test_plain_and_dim_text_can_be_read_wherever_a_row_is_coloured(name: str) -> None:
    theme = load_theme(name)
    for place, background in _backgrounds(theme.colours).items():
        assert contrast(theme.colours["foreground"], background) >= LEAST, (name, place)
        assert contrast(theme.colours["dim"], background) >= LEAST, (name, place)
    assert contrast(theme.colours["cursor"], theme.colours["background"]) > 1.1


def test_there_is_one_for_the_dark_the_light_more_contrast_and_sixteen_colours() -> None:
    assert {"boatyard-dark", "boatyard-light", "high-contrast", "ansi"} <= set(theme_names())
    assert load_theme("boatyard-dark").dark and not load_theme("boatyard-light").dark


def test_the_terminals_own_colours_are_all_that_the_ansi_theme_uses() -> None:
    for token, style in load_theme("ansi").tokens.items():
        parsed = Style.parse(style)
        for colour in (parsed.color, parsed.bgcolor):
            assert colour is None or colour.triplet is None, token


def test_states_differ_by_more_than_colour() -> None:
    from tui.glyphs import ASCII, UNICODE

    names = ("todo", "queued", "running", "waiting", "review", "done", "failed", "cancelled", "idle")
    for glyphs in (ASCII, UNICODE):
        assert len({glyphs.state(name) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = 'x'\nprimaray = '#ffffff'\n", ":2: 'primaray' means nothing"),
        ("[status]\nrunning = 'blue'\nrunnning = 'red'\n", ":3: 'runnning' means nothing"),
        ("primary = \n", "line 1"),
    ],
)
def test_a_theme_that_is_wrong_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(ConfigError, match=said):
        load_theme("mine", tmp_path)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "/abs", "no-such-theme"])
def test_a_theme_that_is_not_there_or_outside_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        load_theme(name, tmp_path)


async def test_the_theme_is_chosen_by_keys(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await helm.press("colon")
        await helm.type("colours")
        await helm.press("enter")
        await helm.sees("boatyard-light")
        await helm.type("light")
        await helm.press("enter")
        await helm.until(lambda: helm.app.theme == "boatyard-light", "the theme is in use")
        assert helm.app.preferences.theme == "boatyard-light"


async def test_without_colour_everything_can_still_be_told_apart(
    fleet: Harbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("first")
        await helm.press("1")
        assert helm.app.theme == "ansi"
        filters = helm.app.get_line_filters()
        styles = set()
        for strip in helm.app.screen._compositor.render_strips():
            for each in filters:
                strip = strip.apply_filter(each, Color.parse("black"))
            for segment in strip:
                assert segment.style is not None
                for colour in (segment.style.color, segment.style.bgcolor):
                    assert colour is None or colour.is_default
                styles.add(bool(segment.style.reverse))
        assert styles == {True, False}
