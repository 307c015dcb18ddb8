"""The published macros work in Jinja as they do in Nunjucks, and nothing that a person wrote becomes markup."""

import re

import pytest

from services.gateway.settings import GatewaySettings
from services.gateway.web import languages
from services.gateway.web.designsystem import MACROS, WORDS, Macros, rewrite

HOSTILE = "<script>alert('x')</script>\"' onfocus=alert(1) & {{ 7 * 7 }}"
PARAMETERS = {
    "alert": {"variant": "error", "heading": HOSTILE, "content": HOSTILE, "closeButton": True},
    "back_link": {"href": "/", "text": HOSTILE},
    "badge": {"text": HOSTILE},
    "breadcrumbs": {"items": [{"href": "/", "text": HOSTILE}, {"text": HOSTILE}]},
    "button": {"text": HOSTILE, "icon": "send"},
    "card": {"heading": HOSTILE, "content": HOSTILE, "subheading": HOSTILE},
    "checkboxes": {
        "id": "a",
        "groupname": "a",
        "checkboxLegend": HOSTILE,
        "items": [{"value": HOSTILE, "label": HOSTILE, "checked": True}],
    },
    "details": {"summary": HOSTILE, "content": HOSTILE},
    "icon_svg": {"name": HOSTILE, "ariaLabel": HOSTILE},
    "radiobuttons": {
        "id": "a",
        "groupname": "a",
        "radiogroupLegend": HOSTILE,
        "items": [{"value": HOSTILE, "label": HOSTILE}],
    },
    "select": {"id": "a", "name": "a", "label": HOSTILE, "options": [{"value": HOSTILE, "text": HOSTILE}]},
    "skiplink": {"text": HOSTILE},
    "structured_list": {"items": [{"label": HOSTILE, "value": HOSTILE}]},
    "textarea": {
        "id": "a",
        "name": "a",
        "label": HOSTILE,
        "value": HOSTILE,
        "errorMessage": HOSTILE,
        "optionalLabel": True,
    },
    "textinput": {
        "id": "a",
        "name": "a",
        "label": HOSTILE,
        "value": HOSTILE,
        "helptext": HOSTILE,
        "errorMessage": HOSTILE,
        "characterLimit": 20,
    },
}


@pytest.fixture(scope="module")
def macros() -> Macros:
    return Macros(GatewaySettings().packages / "dkfds")


def test_every_macro_that_pages_use_is_tried_here() -> None:
    assert set(PARAMETERS) == set(MACROS)


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_text_that_a_person_wrote_stays_text(macros: Macros, name: str) -> None:
    made = getattr(macros, name)(PARAMETERS[name])
    assert "&lt;script&gt;" in made or name in ("icon_svg",), made
    assert "<script" not in made
    assert not re.search(r"<[^>]*\sonfocus=", re.sub(r'"[^"]*"', '""', made))


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_no_danish_word_is_left_in_another_language(macros: Macros, name: str) -> None:
    languages.use("en")
    made = getattr(macros, name)(PARAMETERS[name])
    for danish in WORDS:
        if danish not in WORDS.values():
            assert not re.search(rf"(?<![\w-]){re.escape(danish.strip())}(?![\w-])", made), danish


def test_nested_keys_reach_the_macro(macros: Macros) -> None:
    """An unquoted key would be an undefined name, and the parameter lost without a word."""
    made = macros.textinput({"id": "a", "name": "a", "label": "Navn", "helptext": "Fornavn først"})
    assert 'for="a"' in made
    assert "Navn" in made
    assert 'id="a-hint"' in made
    assert "Fornavn først" in made


@pytest.mark.parametrize(
    ("nunjucks", "jinja"),
    [
        ("{% if a === b %}", "{% if a == b %}"),
        ("{% if a !== 'x === y' %}", "{% if a != 'x === y' %}"),
        ("{% elseif a %}", "{% elif a %}"),
        ("{{ f({ text: a.b, for: c }) }}", '{{ f({ "text": a.b, "for": c }) }}'),
        ("{{ 'a: {b: 1}' }}", "{{ 'a: {b: 1}' }}"),
        ("{{ x + '-' + loop.index }}", "{{ x + '-' ~ loop.index }}"),
        ("a === b, {c: d}", "a === b, {c: d}"),
    ],
)
def test_only_what_differs_is_rewritten(nunjucks: str, jinja: str) -> None:
    assert rewrite(nunjucks) == jinja
