"""Whether a page can be used by everybody: WCAG 2.2 A and AA by axe, and nothing wider than the screen."""

from functools import cache
from pathlib import Path
from typing import Final

from tests.e2e.conftest import WIDE, Visitor

AXE: Final = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES: Final = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
    "preload": False,
}
"""Without `preload` axe does not load the styles again: the one rule that asks for them, css-orientation-lock, is an
experiment that axe leaves out unless it is named."""
LOOK: Final = """rules => {
    for (const one of document.querySelectorAll("main details")) one.open = true;
    const root = document.documentElement;
    return axe.run(document, rules).then(({ violations }) => [
        ...violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)}`)),
        ...(root.scrollWidth > root.clientWidth ? [`${root.scrollWidth - root.clientWidth} px too wide`] : []),
    ]);
}"""


@cache
def axe() -> str:
    return f"{AXE.read_text('utf-8')}\n;0"


def violations(visitor: Visitor) -> list[str]:
    """With everything unfolded. Only what is wrong comes back: the rest is large, and takes time."""
    visitor.page.evaluate(axe())
    found: list[str] = visitor.page.evaluate(LOOK, RULES)
    return found


def sound(visitor: Visitor) -> None:
    assert violations(visitor) == []


def sound_in_english_too(visitor: Visitor) -> None:
    """The page as it is, and loaded again on a wide screen."""
    sound(visitor)
    made = visitor.page.context.new_page()
    made.set_viewport_size({"width": WIDE, "height": 800})
    url = visitor.page.url
    made.goto(f"{url}{'&' if '?' in url else '?'}lang=en")
    other = Visitor(made, visitor.address)
    assert violations(other) == []
    made.goto(f"{url}{'&' if '?' in url else '?'}lang=da")
    made.close()
