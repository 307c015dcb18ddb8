"""The page that lists the promises lists those that are tried. Their short versions are in test_<module>.py."""

import re
from pathlib import Path

from tests.promises.registry import PROMISES

PAGE = Path(__file__).parents[2] / "docs" / "promises.md"


def test_the_page_lists_every_campaign_and_no_other() -> None:
    listed = re.findall(r"^\| `([a-z-]+)` \|", PAGE.read_text(), re.MULTILINE)

    assert sorted(listed) == sorted(PROMISES)


def test_every_campaign_has_its_short_version_in_a_test() -> None:
    tests = "".join(file.read_text() for file in Path(__file__).parent.glob("test_*.py"))

    assert all(f'"{name}"' in tests for name in PROMISES)
