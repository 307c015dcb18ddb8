"""partners: the organisations that help, what they offer, what they can and cannot do, and who belongs to them.

Owns: organisations, their services, role profiles and members; the directory that everyone may search. Publishes
OrganisationRegistered, RoleDescribed, ServicePublished, ServiceWithdrawn, MemberAdded, MemberRemoved, ServiceDescribed,
EligibilityStated, OrganisationDescribed, DirectoryEntryConfirmed, OrganizationImported, LocationImported,
LocationWithdrawn, TaxonomyImported and TaxonomyTermImported; about room CapacityDeclared, PlaceReserved, PlaceRefused,
PlaceReleased, CapacityAsked and CapacityAnswered. Consumes its own events, for the directory, and those of referrals,
which take places and give them back.

Directory terms are those of HSDS 3.0 (Human Services Data Specification): an `organization` of HSDS is an organisation
here, and the id it bears there is its id here.
"""
