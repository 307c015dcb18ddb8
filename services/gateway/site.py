"""What all pages share, made once at start: templates, design system, assets, and the way to the services."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from libs.host.calls import Clients
from libs.host.telemetry import Telemetry
from services.gateway import person
from services.gateway.catcher import Mailbox
from services.gateway.directory import Directory
from services.gateway.settings import GatewaySettings
from services.gateway.visit import Visit
from services.gateway.web import csrf, dates, languages
from services.gateway.web.assets import Assets
from services.gateway.web.designsystem import Macros, icons
from services.gateway.web.rate import Rate

ROOM: Final = Path(__file__).parent

GUESSES: Final = 100
"""Reply links that one address may get wrong in a minute."""
READINGS: Final = 600
"""Pages of the open directory that one address may read in a minute."""
ICONS: Final = frozenset(
    {
        "arrow-back", "check", "chevron-left", "chevron-right", "document", "edit", "error", "groups", "help", "info",
        "lock", "person-add", "plus", "search", "send", "success", "visibility-off", "warning", "flag-fill",
    }
)  # fmt: skip
"""The icons our pages use; a page carries these only."""


def assets_of(packages: Path) -> Assets:
    """Where styles, fonts and scripts come from. FileNotFoundError where npm has not run."""
    design, htmx, own = packages / "dkfds", packages / "htmx.org", ROOM / "static"
    return Assets(
        {"ds": design / "dist", "htmx": htmx / "dist", "own": own},
        (design / "package.json", htmx / "package.json", own),
    )


def environment_of(macros: Macros, assets: Assets, sprite: str) -> Environment:
    """Jinja for our own templates: everything escaped, an unknown name is an error, words from the catalogues."""
    environment = Environment(
        loader=FileSystemLoader(ROOM / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(languages.gettext, languages.ngettext, newstyle=True)  # type: ignore[attr-defined]  # of the i18n extension
    environment.globals |= {
        "ds": macros,
        "icons": sprite,
        "asset": assets.url,
        "word": languages.word,
        "say": languages.gettext,
        "language": languages.language,
        "LANGUAGES": languages.LANGUAGES,
        "PROFESSIONAL": person.PROFESSIONAL,
        "CASEWORK": person.CASEWORK,
    }
    filters = (dates.long_date, dates.short_date, dates.clock, dates.relative, dates.moment)
    environment.filters |= {made.__name__: made for made in filters}
    return environment


@dataclass
class Site:
    """The composition of the gateway."""

    clients: Clients
    settings: GatewaySettings
    telemetry: Telemetry
    assets: Assets
    templates: Environment
    directory: Directory = field(default_factory=Directory)
    guesses: Rate = field(default_factory=lambda: Rate(GUESSES))
    readings: Rate = field(default_factory=lambda: Rate(READINGS))
    mailbox: Mailbox | None = None
    """What a demonstration's mail server has caught."""

    @classmethod
    def build(cls, clients: Clients, settings: GatewaySettings, telemetry: Telemetry) -> "Site":
        design, assets = settings.packages / "dkfds", assets_of(settings.packages)
        templates = environment_of(Macros(design), assets, icons(design, ICONS))
        return cls(clients, settings, telemetry, assets, templates)

    def page(self, visit: Visit, template: str, status: int = 200, **values: Any) -> Response:
        """A page in the reader's language, as the signed-in person sees it."""
        session: Mapping[str, Any] = visit.request.session
        shared = {
            "visit": visit,
            "person": visit.person,
            "own": self.directory.remembered(visit.person.organisation) if visit.person else "",
            "token": lambda: csrf.token(visit.request.session),
            "notice": visit.request.session.pop("notice", "") if session else "",
            "warnings": visit.request.session.pop("warnings", []) if session else [],
        }
        return HTMLResponse(self.templates.get_template(template).render(shared | values), status)
