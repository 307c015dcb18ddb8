"""The demo story as data: who is in it, and the commands that tell it."""

import tomllib
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid5

import msgspec
from google.protobuf import json_format
from google.protobuf.message import Message
from samspor.cases.v1 import cases_pb2
from samspor.consents.v1 import consents_pb2
from samspor.partners.v1 import partners_pb2
from samspor.referrals.v1 import referrals_pb2

FILE: Final = Path(__file__).with_name("story.toml")
NAMESPACE: Final = UUID("8a1c6f2e-4b0d-5e7a-9c3f-2d6b8e0f4a12")
MODULES: Final = (cases_pb2, consents_pb2, referrals_pb2, partners_pb2)
NOON: Final = "12:00"


class Organisation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: str
    name: str
    description: str
    parent: bool = False
    """A department of the story's municipality."""
    email: str = ""
    website: str = ""
    resources: str = ""
    can: str = ""
    cannot: str = ""
    frame: str = ""
    role: dict[str, Any] = {}
    """The role profile in codes: fields of DescribeRole."""


class Offer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    organisation: str
    key: str
    name: str
    description: str
    categories: list[str]
    minimum_age: int = 0
    maximum_age: int = 0
    eligibility_description: str = ""


class Member(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    organisation: str
    name: str
    role: str
    unit: str = ""


class Citizen(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    member: str
    """What they are called where members of organisations are listed."""
    number: str
    """As a civil registration (CPR) number."""
    name: str
    address: str
    phone: str
    by: str
    day: int


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    do: str
    """Name of the command's message."""
    by: str
    fields: dict[str, Any] = msgspec.field(name="with")
    day: int | None = None
    """Counted from the day the story is loaded; none: now."""
    time: str = NOON
    keep: str = ""
    """Name under which later steps know the id it gives."""
    answers: str = ""
    """What the id is derived from where it is not the stream's: the name of the thing made."""
    when: str = ""
    """Told only when asked for."""


class Story(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    municipality: str
    organisations: dict[str, Organisation]
    services: list[Offer]
    members: dict[str, Member]
    citizens: dict[str, Citizen]
    steps: list[Step]


def read_story(file: Path = FILE) -> Story:
    return msgspec.convert(tomllib.loads(file.read_text()), Story)


def story_id(*parts: str) -> str:
    """A UUID for something of the story: the same in every installation."""
    return str(uuid5(NAMESPACE, "\n".join(parts)))


def moment(anchor: datetime, day: int, clock: str = NOON) -> datetime:
    """`clock` (UTC) on the day that is `day` days from the anchor's."""
    return datetime.combine(anchor.date() + timedelta(days=day), time.fromisoformat(clock), anchor.tzinfo)


def command_of(step: Step, anchor: datetime, known: Mapping[str, str]) -> Message:
    """The step's command, with ids in place of names. Raises KeyError for a name that is not known."""
    for module in MODULES:
        if kind := getattr(module, step.do, None):
            message: Message = json_format.ParseDict(_resolved(step.fields, anchor, known), kind())
            return message
    raise KeyError(step.do)


def _resolved(value: Any, anchor: datetime, known: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return known[value[1:]] if value.startswith("$") else value
    if isinstance(value, list):
        return [_resolved(each, anchor, known) for each in value]
    if isinstance(value, dict):
        if "day" in value:
            return moment(anchor, value["day"]).isoformat()
        return {name: _resolved(each, anchor, known) for name, each in value.items()}
    return value
