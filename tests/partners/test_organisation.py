"""What an organisation accepts, and what it records."""

from typing import Any

import msgspec
import pytest
from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import derived_id
from libs.spec.scenario import CONTEXT, given
from services.partners.directory_entry import digest_of, take
from services.partners.errors import (
    AgesCrossed,
    MemberUnknown,
    OrganisationExists,
    OrganisationUnknown,
    OrganizationMalformed,
    RolesCrossed,
)
from services.partners.events import (
    LocationImported,
    LocationWithdrawn,
    MemberAdded,
    MemberRemoved,
    OrganisationRegistered,
    OrganizationImported,
    RoleDescribed,
    ServicePublished,
    ServiceWithdrawn,
)
from services.partners.organisation import ORGANISATION

ID = "01890a5d-ac96-774b-bcce-b302099a8057"
SERVICE = "11890a5d-ac96-474b-8cce-b302099a8057"
LOCATION = "21890a5d-ac96-474b-8cce-b302099a8057"
REGISTERED = OrganisationRegistered(kind="ngo", name="Mødrehjælpen")
MENTORS = ServicePublished(service=SERVICE, name="Mentorer", categories=("family",))
METTE = MemberAdded(person="mette", name="Mette", role="ngo_worker")


def test_an_organisation_is_registered_once() -> None:
    command = partners.RegisterOrganisation(organisation=ID, kind="ngo", name="Mødrehjælpen")
    given(ORGANISATION).when(command).then(REGISTERED)
    given(ORGANISATION, REGISTERED).when(command).refused(OrganisationExists, organisation=ID)


@pytest.mark.parametrize(
    "command",
    [
        partners.DescribeRole(organisation=ID, can="a", cannot="b", frame="c"),
        partners.PublishService(organisation=ID, name="Mentorer"),
        partners.AddMember(organisation=ID, person="mette", name="Mette", role="ngo_worker"),
        partners.RemoveMember(organisation=ID, person="mette"),
    ],
)
def test_nothing_is_known_of_an_organisation_that_nobody_registered(command: Any) -> None:
    given(ORGANISATION).when(command).refused(OrganisationUnknown, organisation=ID)


def test_a_role_profile_said_again_is_no_event() -> None:
    command = partners.DescribeRole(organisation=ID, resources="r", can="a", cannot="b", frame="c")
    described = RoleDescribed(resources="r", can="a", cannot="b", frame="c")
    given(ORGANISATION, REGISTERED).when(command).then(described)
    given(ORGANISATION, REGISTERED, described).when(command).then()


def test_a_role_profile_in_codes_says_each_once() -> None:
    command = partners.DescribeRole(
        organisation=ID,
        can="a",
        cannot="b",
        frame="c",
        roles=["mentor", "companion", "mentor"],
        excluded_roles=["therapist"],
        resource_codes=["volunteers"],
        frame_codes=["volunteers_only"],
        degree="ongoing",
    )
    described = RoleDescribed(
        can="a",
        cannot="b",
        frame="c",
        roles=("mentor", "companion"),
        excluded_roles=("therapist",),
        resource_codes=("volunteers",),
        frame_codes=("volunteers_only",),
        degree="ongoing",
    )
    given(ORGANISATION, REGISTERED).when(command).then(described)
    given(ORGANISATION, REGISTERED, RoleDescribed(can="a", cannot="b", frame="c")).when(command).then(described)
    command.excluded_roles.append("mentor")
    given(ORGANISATION, REGISTERED).when(command).refused(RolesCrossed, roles="mentor")


def test_a_new_service_gets_an_id_from_its_command() -> None:
    command = partners.PublishService(organisation=ID, name="Mentorer", categories=["family", "family"])
    service = derived_id(CONTEXT.command_id, "service")
    given(ORGANISATION, REGISTERED).when(command).then(
        ServicePublished(service=service, name="Mentorer", categories=("family",))
    )


def test_a_known_service_is_changed_and_the_same_again_is_no_event() -> None:
    same = partners.PublishService(organisation=ID, service=SERVICE, name="Mentorer", categories=["family"])
    given(ORGANISATION, REGISTERED, MENTORS).when(same).then()
    same.status = "inactive"
    given(ORGANISATION, REGISTERED, MENTORS).when(same).then(msgspec.structs.replace(MENTORS, status="inactive"))


def test_ages_must_not_cross() -> None:
    command = partners.PublishService(organisation=ID, name="Mentorer", minimum_age=25, maximum_age=18)
    given(ORGANISATION, REGISTERED).when(command).refused(AgesCrossed, minimum=25, maximum=18)


def test_a_member_is_added_changed_and_removed() -> None:
    add = partners.AddMember(organisation=ID, person="mette", name="Mette", role="ngo_worker")
    given(ORGANISATION, REGISTERED).when(add).then(METTE)
    given(ORGANISATION, REGISTERED, METTE).when(add).then()
    add.role = "partner_administrator"
    given(ORGANISATION, REGISTERED, METTE).when(add).then(msgspec.structs.replace(METTE, role="partner_administrator"))
    remove = partners.RemoveMember(organisation=ID, person="mette")
    given(ORGANISATION, REGISTERED, METTE).when(remove).then(MemberRemoved(person="mette"))
    given(ORGANISATION, REGISTERED).when(remove).refused(MemberUnknown, organisation=ID)


def document(**changes: Any) -> dict[str, Any]:
    return {
        "id": ID,
        "name": "Example",
        "locations": [{"id": LOCATION, "name": "Library"}],
        "services": [{"id": SERVICE, "name": "Advice", "status": "active", "minimum_age": 12}],
    } | changes


def import_of(content: dict[str, Any], kind: str = "") -> partners.ImportOrganization:
    return partners.ImportOrganization(organization=msgspec.json.encode(content).decode(), kind=kind)


def imported(content: dict[str, Any]) -> list[Any]:
    """The events that the first import of `content` gives."""
    return list(given(ORGANISATION).when(import_of(content)).events)


def test_an_import_is_one_set_of_events() -> None:
    whole, services, locations = take(msgspec.json.encode(document()).decode())
    given(ORGANISATION).when(import_of(document(), kind="ngo")).then(
        OrganizationImported(kind="ngo", name="Example", digest=whole.digest, document={"id": ID, "name": "Example"}),
        LocationImported(location=LOCATION, name="Library", digest=locations[0].digest, document=locations[0].document),
        ServicePublished(
            service=SERVICE,
            name="Advice",
            minimum_age=12,
            digest=services[0].digest,
            document=services[0].document,
        ),
    )


def test_the_same_document_again_is_no_event_whatever_the_order_of_its_names() -> None:
    turned = dict(reversed(document().items()))
    given(ORGANISATION, *imported(document())).when(import_of(turned)).then()


def test_a_changed_document_records_what_changed() -> None:
    changed = document(services=[{"id": SERVICE, "name": "Advice", "status": "inactive", "minimum_age": 12}])
    events = given(ORGANISATION, *imported(document())).when(import_of(changed)).events
    assert [type(event) for event in events] == [OrganizationImported, ServicePublished]
    assert events[1].status == "inactive"  # type: ignore[attr-defined]


def test_what_left_the_directory_is_withdrawn_and_what_was_published_here_stays() -> None:
    own = ServicePublished(service="31890a5d-ac96-474b-8cce-b302099a8057", name="Own")
    outcome = given(ORGANISATION, *imported(document()), own).when(import_of({"id": ID, "name": "Example"}))
    assert outcome.events[1:] == (LocationWithdrawn(location=LOCATION), ServiceWithdrawn(service=SERVICE))
    assert list(outcome.state.services) == [own.service]


def test_categories_chosen_here_survive_an_import() -> None:
    chosen = ServicePublished(service=SERVICE, name="Advice", minimum_age=12, categories=("economy",))
    changed = document(name="Another name", services=[{"id": SERVICE, "name": "Advice!", "status": "active"}])
    events = given(ORGANISATION, *imported(document()), chosen).when(import_of(changed)).events
    assert events[-1].categories == ("economy",)  # type: ignore[attr-defined]


def test_a_location_nested_in_a_service_is_kept_once_and_named_by_id() -> None:
    at_location = {"id": "41890a5d-ac96-474b-8cce-b302099a8057", "location": {"id": LOCATION, "name": "Library"}}
    service = {"id": SERVICE, "name": "Advice", "status": "active", "service_at_locations": [at_location]}
    taken = take(msgspec.json.encode({"id": ID, "name": "Example", "services": [service]}).decode())
    assert [part.id for part in taken.locations] == [LOCATION]
    (kept,) = taken.services[0].document["service_at_locations"]
    assert kept == {"id": at_location["id"], "location_id": LOCATION}


def test_a_malformed_document_is_refused_with_path_and_reason() -> None:
    broken = document(services=[{"id": SERVICE, "name": "Advice", "status": "open"}])
    given(ORGANISATION).when(import_of(broken)).refused(
        OrganizationMalformed, path="$.services[0].status", problem="VOCABULARY", count=1
    )
    not_json = partners.ImportOrganization(organization='{"id":')
    given(ORGANISATION).when(not_json).refused(OrganizationMalformed, path="$", problem="JSON")


def test_digests_tell_documents_apart_by_what_they_say() -> None:
    assert digest_of({"a": 1, "b": [2]}) == digest_of({"b": [2], "a": 1})
    assert digest_of({"a": 1}) != digest_of({"a": "1"})


def test_ages_that_cross_are_kept_in_the_document_and_not_searched_for() -> None:
    crossed = document(
        services=[{"id": SERVICE, "name": "Advice", "status": "active", "minimum_age": 25, "maximum_age": 18}]
    )
    service = imported(crossed)[-1]
    assert (service.minimum_age, service.maximum_age, service.document["minimum_age"]) == (0, 0, 25)
