"""What a reader is told when the processes behind a page do not answer."""

import signal
import time
from collections.abc import Callable
from typing import Final

from deploy.local.platform import Platform
from tests.e2e.conftest import Visitor
from tests.e2e.test_story import timeline_of

WITHIN: Final = 2.0 + 2.0
"""Seconds until a reader is told that something does not answer; and as many for a browser on a busy machine."""


def test_frozen_services_show_nothing_and_the_page_says_so(visitor: Callable[..., Visitor], platform: Platform) -> None:
    """Frozen is worse than dead: connections stay open and nothing comes back."""
    mette = visitor("Mette")
    path = timeline_of(mette)
    answering = [program.process for name, program in platform.programs.items() if name.startswith("rpc")]
    for process in answering:
        process.send(signal.SIGSTOP)
    try:
        began = time.monotonic()
        answer = mette.go(path)
        took = time.monotonic() - began
        assert answer.status == 503
        assert "Intet vises" in mette.main
        assert "Amalie" not in mette.page.content()
        assert took < WITHIN
        assert mette.go("/health/ready").status == 503
        assert mette.go("/health/live").status == 200
    finally:
        for process in answering:
            process.send(signal.SIGCONT)
    assert mette.go(path).status == 200
