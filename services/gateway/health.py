"""Is the gateway alive, and can it do its work? Nothing personal, for probes and load balancers."""

from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

NEEDED: Final = ("consents", "timeline", "cases", "referrals", "partners")


class Checks(Protocol):
    def check(self, service: str) -> None:
        """Raises unless the service says that it is serving."""


def routes(checks: Checks) -> list[Route]:
    def live(_request: Request) -> Response:
        return JSONResponse({"status": "live"})

    def ready(_request: Request) -> Response:
        with ThreadPoolExecutor(len(NEEDED)) as pool:
            answers = dict(zip(NEEDED, pool.map(lambda service: serving(checks, service), NEEDED), strict=True))
        away = [service for service, good in answers.items() if not good]
        return JSONResponse({"status": "not ready" if away else "ready", "away": away}, 503 if away else 200)

    return [Route("/health/live", live), Route("/health/ready", ready)]


def serving(checks: Checks, service: str) -> bool:
    try:
        checks.check(service)
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it is not there
        return False
    return True
