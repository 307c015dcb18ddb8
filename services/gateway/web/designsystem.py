"""Det Fælles Designsystem's macros, taken as they are published, in Jinja.

They are written for Nunjucks. `rewrite` turns the four things that differ into Jinja, inside template tags only:
`===` and `!==`, `elseif`, unquoted object keys (without quotes Jinja would read them as undefined names and drop the
parameter without a word), and `"text" + number`. Their fixed Danish words go through our catalogues.

Their parameters `content`, `text`, `heading` and `attributes` are printed with `| safe`. Therefore `Macros` escapes
every string that is not already Markup on the way in: escaping is not left to whoever calls a macro.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from jinja2 import BaseLoader, ChainableUndefined, Environment, TemplateNotFound
from markupsafe import Markup, escape

from services.gateway.web.languages import gettext

MACROS: Final = {
    "alert": "components/alerts/alerts.njk",
    "back_link": "components/back-link/back-link.njk",
    "badge": "components/badge/badges.njk",
    "breadcrumbs": "components/breadcrumbs/breadcrumbs.njk",
    "button": "components/buttons/buttons.njk",
    "card": "components/cards/cards.njk",
    "checkboxes": "components/checkboxes/checkboxes.njk",
    "details": "components/details/details.njk",
    "icon_svg": "components/icons/icons--svg.njk",
    "radiobuttons": "components/radiobuttons/radiobuttons.njk",
    "select": "components/form/controls/select.njk",
    "skiplink": "components/skip-link/skip-link.njk",
    "structured_list": "components/structured-list/structured-list.njk",
    "textarea": "components/form/controls/text-area.njk",
    "textinput": "components/form/controls/text-input.njk",
}
"""The macros our pages use, and the published file each comes from."""

WORDS: Final = {
    "(frivilligt)": "(optional)",
    "(*skal udfyldes)": "(required)",
    "Fejl: ": "Error: ",
    "Luk": "Close",
    "Tilbage": "Back",
    "Brødkrumme": "You are here",
    "Gå til sidens indhold": "Go to the content",
    "Information": "Information",
    "Succes": "Done",
    "Advarsel": "Warning",
    "Fejl": "Error",
    "Læs mere": "Read more",
    "(åbner i nyt vindue)": "(opens in a new window)",
    "Redigér": "Change",
    "Du kan indtaste op til {{params.characterLimit}} tegn": "You can write up to %(characters)s characters",
    "Du har {{params.characterLimit}} tegn tilbage": "You have %(characters)s characters left",
}
"""Danish words inside the macros above, and the message of ours that says the same."""

_TAG = re.compile(r"({%.*?%}|{{.*?}})", re.DOTALL)
_STRING = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
_KEY = re.compile(r"([{,]\s*)([A-Za-z_]\w*)(\s*):")
_CHANGES = (
    (re.compile(r"==="), "=="),
    (re.compile(r"!=="), "!="),
    (re.compile(r"\belseif\b"), "elif"),
    (re.compile(r"\+(\s*loop\.index)"), r"~\1"),
    (_KEY, r'\1"\2"\3:'),
)


def rewrite(source: str) -> str:
    """A published Nunjucks template as a Jinja template."""
    for danish, message in WORDS.items():
        if "{{" in danish:
            source = source.replace(danish, f'{{{{ _("{message}", characters=params.characterLimit) }}}}')
    return "".join(_tag(part) if _TAG.fullmatch(part) else _text(part) for part in _TAG.split(source))


def _tag(tag: str) -> str:
    return "".join(_string(part) if _STRING.fullmatch(part) else _code(part) for part in _STRING.split(tag))


def _code(code: str) -> str:
    for pattern, replacement in _CHANGES:
        code = pattern.sub(replacement, code)
    return code


def _string(literal: str) -> str:
    message = WORDS.get(literal[1:-1])
    return f'_("{message}")' if message else literal


def _text(text: str) -> str:
    for danish, message in WORDS.items():
        if "{{" not in danish:
            pattern = rf"(?<![\w.-]){re.escape(danish)}(?![\w-])"
            text = re.sub(pattern, f'{{{{ _("{message}") }}}}', text)
    return text


class _Loader(BaseLoader):
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get_source(self, _environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        path = (self.folder / template).resolve()
        if self.folder not in path.parents or not path.is_file():
            raise TemplateNotFound(template)
        return rewrite(path.read_text("utf-8")), str(path), lambda: True


class _Nunjucks(Environment):
    """Jinja, but `a.items` means the key `items`, as it does in the language the macros are written in."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Mapping):
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)


class Macros:
    """The macros by name: `ds.button({"text": ...})` answers safe HTML whatever the parameters hold."""

    def __init__(self, package: Path) -> None:
        """`package`: the installed dkfds package. FileNotFoundError when it is not there."""
        source = (package / "src").resolve(strict=True)
        environment = _Nunjucks(loader=_Loader(source), autoescape=True, undefined=ChainableUndefined)
        environment.globals["_"] = gettext
        self._macros = {name: getattr(environment.get_template(file).module, name) for name, file in MACROS.items()}

    def __getattr__(self, name: str) -> Callable[..., Markup]:
        if name not in MACROS:
            raise AttributeError(name)
        macro = self._macros[name]
        return lambda parameters: Markup(macro(_escaped(parameters)))  # noqa: S704  # every string in it is escaped


def _escaped(value: Any) -> Any:
    match value:
        case str():
            return escape(value)
        case Mapping():
            return {key: _escaped(part) for key, part in value.items()}
        case list() | tuple():
            return [_escaped(part) for part in value]
        case _:
            return value


def icons(package: Path, names: frozenset[str]) -> Markup:
    """The SVG symbols of `names` as one hidden sprite to stand first in a page; KeyError for an unknown icon."""
    sprite = (package / "src/components/icons/base-svg.njk").read_text("utf-8")
    symbols = {m[1]: m[0] for m in re.finditer(r'<symbol id="([^"]+)".*?</symbol>', sprite, re.DOTALL)}
    chosen = "".join(symbols[name] for name in sorted(names))
    sprite = (
        f'<div class="hide-base-svg" aria-hidden="true"><svg xmlns="http://www.w3.org/2000/svg">{chosen}</svg></div>'
    )
    return Markup(sprite)  # noqa: S704  # published markup
