"""What is told of who looked, and to whom: never that there is something protected."""

from collections.abc import Iterable, Iterator

import msgspec

from libs.eventlog import Recorded
from libs.host.calls import Caller
from services.consents.events import AccessRecorded
from services.consents.handlers import as_known_to
from services.consents.state import Citizen


def as_told(looks: Iterable[Recorded], citizen: Citizen, caller: Caller) -> Iterator[Recorded]:
    """The looks that the caller may be told of. A number larger than what one sees oneself says that there is more: of
    what is protected, a look tells only the person whose it was."""
    hidden = hidden_readers(citizen, caller)
    return (
        each if each.actor == caller.actor else without_protected(each)
        for each in looks
        if each.organisation not in hidden
    )


def without_protected(look: Recorded) -> Recorded:
    event = look.event
    if not isinstance(event, AccessRecorded) or not event.protected:
        return look
    left = {category: count - event.protected.get(category, 0) for category, count in event.seen.items()}
    told = msgspec.structs.replace(
        event,
        seen={category: count for category, count in left.items() if count},
        entries=tuple(name for name in event.entries if name not in event.protected_entries),
    )
    return msgspec.structs.replace(look, event=told)


def hidden_readers(citizen: Citizen, caller: Caller) -> set[str]:
    """Organisations that have to do with the citizen in protected cases only, of which the caller may not know."""
    known_holders = {each.holder for each in as_known_to(caller, citizen, citizen).bases}
    return {each.holder for each in citizen.bases} - known_holders - {citizen.registered_by, caller.organisation}


def is_colleague(record: Recorded, caller: Caller) -> bool:
    """Citizens share an organisation and are no colleagues: each is named to oneself only."""
    return record.actor == caller.actor or (record.organisation == caller.organisation and caller.role != "citizen")


def actor_shown(record: Recorded, caller: Caller) -> str:
    """The person is named to the person's own organisation only."""
    return record.actor if is_colleague(record, caller) else ""
