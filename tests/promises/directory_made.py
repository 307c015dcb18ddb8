"""A large directory made from a real one: its texts in other organisations, at Danish places, with hours, languages.

The same number gives the same directory.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, Final
from uuid import UUID

import msgspec

from cli.importers.directory import read_directory
from libs.bus.received import Received
from services.partners.directory_entry import take
from services.partners.events import EligibilityStated
from services.partners.organisation import Organisation, import_organization
from services.partners.room.events import CapacityDeclared

REAL: Final = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "hsds-ilao"
TOWNS: Final = {
    "2100": "København Ø", "2200": "København N", "2300": "København S", "4000": "Roskilde", "5000": "Odense C",
    "6000": "Kolding", "6700": "Esbjerg", "7100": "Vejle", "8000": "Aarhus C", "8900": "Randers", "9000": "Aalborg",
}  # fmt: skip
LANGUAGES: Final = ("ar", "da", "de", "en", "fa", "pl", "so", "sv", "tr", "uk")
SERVICES: Final = 5
"""Of each organisation."""
NOW: Final = "2026-06-01T10:00:00Z"


class Made:
    def __init__(self, number: int = 1) -> None:
        self._random = Random(number)
        documents = [each.document for each in read_directory(REAL, "ilao").organizations]
        self._organisations = [(each["name"], each.get("description", "")) for each in documents]
        self._services = [
            (service["name"], service.get("description", ""))
            for each in documents
            for service in each.get("services", ())
        ]
        self.words = sorted({word for name, _ in self._services for word in name.lower().split() if word.isalpha()})

    def id(self) -> str:
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def service(self, location: str) -> dict[str, Any]:
        name, description = self._random.choice(self._services)
        other, more = self._random.choice(self._services)
        youngest = self._random.choice((0, 0, 0, 13, 18, 60))
        opens = self._random.randrange(7, 12)
        week = {"id": self.id(), "freq": "WEEKLY", "byday": ",".join(self._random.sample(("MO", "TU", "WE", "TH"), 2))}
        return {
            "id": self.id(),
            "name": f"{name} {' '.join(other.split()[:2])}",
            "description": f"{description} {more}"[:1000],
            "status": "active",
            **({"minimum_age": youngest} if youngest else {}),
            "languages": [{"id": self.id(), "code": code} for code in self._random.sample(LANGUAGES, 2)],
            "schedules": [week | {"opens_at": f"{opens:02}:00", "closes_at": f"{opens + 6}:00"}],
            "service_at_locations": [{"id": self.id(), "location_id": location}],
        }

    def organization(self) -> dict[str, Any]:
        location, (code, town) = self.id(), self._random.choice(list(TOWNS.items()))
        name, description = self._random.choice(self._organisations)
        address = {"id": self.id(), "address_1": "Vej 1", "city": town, "postal_code": code, "country": "DK"}
        access = [{"id": self.id(), "description": "Elevator"}] if self._random.random() < 0.3 else []
        place = {"id": location, "name": town, "location_type": "physical", "addresses": [address]}
        return {
            "id": self.id(),
            "name": f"{name} {town}",
            "description": description,
            "locations": [place | {"accessibility": access}],
            "services": [self.service(location) for _ in range(SERVICES)],
        }

    def events(self, organisations: int, updated: str) -> Iterator[Received]:
        """As partners publishes them. Of each five services two have said, at `updated`, how much room they have,
        and one whom it is for."""
        position = 0
        for _ in range(organisations):
            document = self.organization()
            recorded: list[Any] = list(import_organization(Organisation(), take(json.dumps(document)), "ngo"))
            for service in document["services"][::3]:
                room = self._random.randrange(3)
                declared = {"service": service["id"], "organisation": document["id"], "available": room}
                recorded.append(declared | {"updated": updated, "fresh_days": 14})
            recorded.append(
                EligibilityStated(
                    service=document["services"][1]["id"],
                    genders=self._random.choice(((), ("female",))),
                    situations=self._random.choice(((), ("homeless",), ("debt", "unemployed"))),
                    excluded_situations=self._random.choice(((), ("substance_use",))),
                )
            )
            for version, event in enumerate(recorded, 1):
                position += 1
                kind = CapacityDeclared.type if isinstance(event, dict) else event.type
                envelope = {
                    "id": str(position), "source": "partners", "type": kind, "subject": document["id"], "time": NOW,
                    "recordedtime": NOW, "streamversion": version, "data": event,
                }  # fmt: skip
                yield Received(position, msgspec.json.encode(envelope))
