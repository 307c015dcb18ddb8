"""docs/contracts, made from what is declared: events, protos, refusals. `python -m libs.spec.contracts` writes it.

| file | says | from |
|---|---|---|
| events/<type>.json | how an event is published: JSON Schema | services/*/events.py |
| asyncapi.yaml | who publishes and who consumes what: AsyncAPI 3.0 | services/*/service.py, libs/bus |
| api/<service>.md | commands and questions, their fields and rules | protos |
| errors.md | every reason for a no, with its statuses | subclasses of Refusal |
| record-of-processing.md | where personal data enters and lies: GDPR art. 30 | Personal fields, `(rules).personal` |
"""

from pathlib import Path
from typing import Final

from libs.host.service import NAMES, find
from libs.spec.contracts.asyncapi import asyncapi
from libs.spec.contracts.events import schema_document
from libs.spec.contracts.processing import record_of_processing
from libs.spec.contracts.protos import Protos
from libs.spec.contracts.reference import reference
from libs.spec.contracts.refusals import refusals, refusals_table

FOLDER: Final = Path(__file__).parents[3] / "docs" / "contracts"


def documents() -> dict[str, str]:
    """Path below docs/contracts -> text, as the code says today."""
    services, protos = find(NAMES), Protos.compile()
    made = {f"events/{event.type}.json": schema_document(event) for each in services for event in each.events}
    made["README.md"] = f"# Contracts\n\n{__doc__}"
    made["asyncapi.yaml"] = asyncapi(services)
    made |= {f"api/{name}.md": reference(protos, name) for name in (*NAMES, "common")}
    made["errors.md"] = refusals_table(refusals())
    made["record-of-processing.md"] = record_of_processing(services, protos)
    return made


def committed(folder: Path = FOLDER) -> dict[str, str]:
    """The same as it stands in the repository."""
    return {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*") if file.is_file()}
