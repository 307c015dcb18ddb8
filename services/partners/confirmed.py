"""When somebody last looked at an entry of the directory: by confirming it, or by changing it.

An entry that a directory brings is as old as that directory says (HSDS `assured_date`, else `last_modified`), and is
shown so. Its owner has the whole time from the import on to confirm it: a directory is not stale on its first day.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
import psycopg
from samspor.partners.v1 import partners_pb2 as partners

from libs.bus.received import Received
from libs.eventlog import Event
from services.partners.events import (
    DirectoryEntryConfirmed,
    EligibilityStated,
    OrganisationDescribed,
    OrganisationRegistered,
    OrganizationImported,
    RoleDescribed,
    ServiceDescribed,
    ServicePublished,
)
from services.partners.room.errors import ServiceUnknown

Connection = psycopg.Connection[Any]
HOLDS: Final = timedelta(days=180)
"""After that an entry is stale."""
SAID: Final = ("assured_date", "last_modified")
ASSURED: Final = (*SAID, "assurer_email")


def decide_confirmation(services: Container[str], command: partners.ConfirmEntry) -> Sequence[Event]:
    """Raises ServiceUnknown."""
    if command.service and command.service not in services:
        raise ServiceUnknown(service=command.service)
    return [DirectoryEntryConfirmed(service=command.service)]


def confirmed_at(document: Mapping[str, Any], now: datetime) -> datetime:
    """What a directory says of it; what is no date, or lies ahead, is not said."""
    for name in SAID:
        try:
            said = datetime.fromisoformat(str(document.get(name) or ""))
        except ValueError:
            continue
        said = said if said.tzinfo else said.replace(tzinfo=UTC)
        if said <= now:
            return said
    return now


def confirm_organisation(connection: Connection, event: Received) -> None:
    now = datetime.fromisoformat(event.envelope.recordedtime)
    connection.execute(
        "UPDATE organisations SET confirmed = %s, confirm_by = %s WHERE id = %s",
        [now, now + HOLDS, event.envelope.subject],
    )


def confirm_service(connection: Connection, event: Received) -> None:
    """Only that of the organisation that published its id first."""
    now, document = datetime.fromisoformat(event.envelope.recordedtime), event.data.get("document") or {}
    service = [event.data["service"], event.envelope.subject]
    connection.execute(
        "UPDATE services SET confirmed = %s, confirm_by = %s WHERE id = %s AND organisation = %s",
        [confirmed_at(document, now), now + HOLDS, *service],
    )
    if not document:
        assure(connection, service, event)


def assure(connection: Connection, service: Sequence[str], event: Received) -> None:
    """As HSDS says it. Who assured it is the organisation, by the address it shows everybody: no person is named."""
    row = connection.execute(
        "SELECT e.document, o.email FROM entities e JOIN organisations o ON o.id = e.organisation"
        " WHERE e.kind = 'service' AND e.id = %s AND e.organisation = %s",
        service,
    ).fetchone()
    if not row:
        return
    document, email, time = msgspec.json.decode(row[0]), row[1], event.envelope.recordedtime
    document |= {"assured_date": time[:10], "assurer_email": email}
    if event.envelope.type != DirectoryEntryConfirmed.type:
        document["last_modified"] = time
    said = {name: value for name, value in document.items() if value or name not in ASSURED}
    connection.execute(
        "UPDATE entities SET document = %s, modified = %s WHERE kind = 'service' AND id = %s AND organisation = %s",
        [msgspec.json.encode(said).decode(), time, *service],
    )


def confirm_entry(connection: Connection, event: Received) -> None:
    (confirm_service if event.data.get("service") else confirm_organisation)(connection, event)


APPLY: Final[Mapping[str, Callable[[Connection, Received], None]]] = {
    **dict.fromkeys(
        (each.type for each in (OrganisationRegistered, OrganizationImported, OrganisationDescribed, RoleDescribed)),
        confirm_organisation,
    ),
    **dict.fromkeys((each.type for each in (ServicePublished, ServiceDescribed, EligibilityStated)), confirm_service),
    DirectoryEntryConfirmed.type: confirm_entry,
}
