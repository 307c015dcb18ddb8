"""Sending a directory's organizations to partners: each of them whole, or not at all."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import msgspec
from samspor.partners.v1 import partners_pb2 as partners

from cli.desk import OPERATOR, Desk
from cli.importers.assemble import Assembled, Terms
from cli.importers.directory import Directory
from cli.importers.findings import Finding, Weight, explain
from libs.eventlog import Kind, new_id
from libs.host.errors import Refused

LONGEST_DOCUMENT: Final = 500_000
"""Characters that ImportOrganization accepts."""
WORKERS: Final = 4
TERMS: Final = 100
"""Terms of a taxonomy in one command."""


def load_directory(desk: Desk, directory: Directory, kind: str, advance: Callable[[int], None]) -> Counter[str]:
    """Sends all organizations; how many were new, changed, unchanged and refused. The refused become findings.

    `kind` is the kind of organisation that those become which were not known; empty: other. Raises Refused when the
    service cannot be used at all.
    """
    outcomes: Counter[str] = Counter(new=0, changed=0, unchanged=0, refused=0)
    for taxonomy in directory.taxonomies:
        _load_taxonomy(desk, directory, taxonomy)
    with ThreadPoolExecutor(WORKERS, "import-directory") as pool:
        for outcome in pool.map(lambda each: _load(desk, directory, each, kind), directory.organizations):
            outcomes[outcome] += 1
            advance(1)
    return outcomes


def _load(desk: Desk, directory: Directory, organization: Assembled, kind: str) -> str:
    text = msgspec.json.encode(organization.document).decode()
    if len(text) > LONGEST_DOCUMENT:
        _refuse(directory, organization, "too_large", value=len(text), most=LONGEST_DOCUMENT)
        return "refused"
    before = _version(desk, organization.entity.id)
    command = partners.ImportOrganization(organization=text, kind=kind)
    try:
        # A new id each time: the same document again, after another one, must take effect again.
        after = desk.send(command, OPERATOR, command_id=new_id()).version
    except Refused as refused:
        if refused.kind in (Kind.UNAUTHENTICATED, Kind.FORBIDDEN, Kind.UNAVAILABLE):
            raise
        _refuse(directory, organization, "refused_by_service", value=f"{refused.reason}: {refused.message}")
        return "refused"
    if after == before:
        return "unchanged"
    return "changed" if before else "new"


def _load_taxonomy(desk: Desk, directory: Directory, taxonomy: Terms) -> None:
    """In parts: one command cannot hold the thousands of terms of a large one."""
    terms = [msgspec.json.encode(term).decode() for term in taxonomy.terms]
    whole = msgspec.json.encode(taxonomy.document).decode()
    for start in range(0, max(1, len(terms)), TERMS):
        part = terms[start : start + TERMS]
        try:
            desk.send(partners.ImportTaxonomy(taxonomy=whole, terms=part), OPERATOR, command_id=new_id())
        except Refused as refused:
            if refused.kind in (Kind.UNAUTHENTICATED, Kind.FORBIDDEN, Kind.UNAVAILABLE):
                raise
            file, line, path = taxonomy.entity.source
            message = explain("refused_by_service", value=f"{refused.reason}: {refused.message}")
            found = Finding(file, line, "refused_by_service", Weight.REFUSED, message, path, len(part) or 1)
            directory.findings.add(found)


def _version(desk: Desk, organisation: str) -> int:
    """0 for one that the directory does not know."""
    try:
        question = partners.GetOrganisation(organisation=organisation)
        return desk.ask(question, partners.Organisation, OPERATOR).version
    except Refused as refused:
        if refused.kind is not Kind.UNKNOWN:
            raise
        return 0


def _refuse(directory: Directory, organization: Assembled, code: str, **about: str | int) -> None:
    file, line, path = organization.entity.source
    message = explain(code, **about)
    directory.findings.add(Finding(file, line, code, Weight.REFUSED, message, path, organization.entities))
