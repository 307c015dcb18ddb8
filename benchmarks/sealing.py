"""What it costs to seal a text, to open it, and to decide a page's classes: no server, one thread.

python -m benchmarks.sealing prints the median of five runs each. The floor of sealing is HPKE with X25519 alone: what
is above it is the price of staying closed to a later quantum computer. The runs take turns, so that a slow minute of
the machine hits all of them.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final, get_args

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from libs.eventlog import Binding, Context, new_id
from libs.host.authorize import Authorizer
from libs.sealing import generate, open_sealed, seal
from libs.sealing.hybrid import private_key
from services.consents import decisions
from services.consents.basis import Basis
from services.consents.decisions import AccessClass, Question, decide_classes
from services.consents.state import Citizen
from services.vocabulary import Category

RUNS: Final = 5
TIMES: Final = 200
TEXT: Final = b'{"text":"' + b"x" * 500 + b'"}'
CLASSES: Final = 12
GOAL: Final = 1.5
"""Milliseconds for CLASSES decisions."""
NOW: Final = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)


def sealing() -> dict[str, Callable[[], object]]:
    key_id, binding = new_id(), Binding(new_id(), 1, "cases.NoteWritten.v1")
    private, public = generate()
    sealed, opener = seal(public, binding, key_id, TEXT), private_key(private)
    plain = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    x25519 = X25519PrivateKey.generate()
    sealed_plainly = plain.encrypt(TEXT, x25519.public_key(), b"info")
    return {
        "seal": partial(seal, public, binding, key_id, TEXT),
        "seal, X25519 alone": partial(plain.encrypt, TEXT, x25519.public_key(), b"info"),
        "open": partial(open_sealed, opener, binding, key_id, sealed),
        "open, X25519 alone": partial(plain.decrypt, sealed_plainly, x25519, b"info"),
    }


def deciding() -> dict[str, Callable[[], object]]:
    """A reader whose organisation has one consent among fifty of others. A new reader's verdicts are not yet known."""
    own, source, case = new_id(), new_id(), new_id()
    categories = get_args(Category)[:CLASSES]
    consent = Basis(
        id=new_id(),
        kind="gdpr_consent",
        holder=own,
        purposes=("mentoring",),
        categories=categories[:4],
        since=NOW - timedelta(days=1),
        until=NOW + timedelta(days=1),
    )
    others = (replace_holder(consent, new_id()) for _ in range(50))
    citizen = Citizen(id=new_id(), bases=(*others, consent))
    viewer = Context(command_id="", actor="a", organisation=own, role="ngo_worker", now=NOW, occurred=NOW)
    authorizer = Authorizer(Path(decisions.__file__).with_name("policies.cedar").read_text())
    classes = [AccessClass(source, category, "normal", case) for category in categories]

    def decide(person: Callable[[], str]) -> object:
        return decide_classes(authorizer, citizen, Question(replace(viewer, actor=person()), "mentoring", NOW), classes)

    return {
        f"decide {CLASSES} classes, new reader": partial(decide, new_id),
        f"decide {CLASSES} classes, again": partial(decide, lambda: "a"),
    }


def replace_holder(basis: Basis, holder: str) -> Basis:
    fields = {name: getattr(basis, name) for name in Basis.__struct_fields__}
    return Basis(**fields | {"id": new_id(), "holder": holder})


def milliseconds(act: Callable[[], object]) -> float:
    began = perf_counter()
    for _ in range(TIMES):
        act()
    return (perf_counter() - began) / TIMES * 1000


def main() -> None:
    acts = sealing() | deciding()
    taken: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(RUNS):
        for name, act in acts.items():
            taken[name].append(milliseconds(act))
    figures = {name: median(each) for name, each in taken.items()}
    for name, figure in figures.items():
        print(f"{name:34} {figure:7.3f} ms")
    for name in ("seal", "open"):
        print(f"{name}: {figures[name] / figures[f'{name}, X25519 alone']:.2f} x the classical one")
    slowest = max(figure for name, figure in figures.items() if name.startswith("decide"))
    print(f"{CLASSES} classes: {slowest:.2f} ms, goal {GOAL} ms: {'held' if slowest <= GOAL else 'MISSED'}")


if __name__ == "__main__":
    main()
