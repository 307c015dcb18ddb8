"""What an organisation has, can do, cannot do, and the frame it works in. Pure."""

from samspor.partners.v1 import partners_pb2 as partners

from services.partners.errors import RolesCrossed
from services.partners.events import RoleDescribed
from services.vocabulary import word, words


def described(command: partners.DescribeRole) -> RoleDescribed:
    """Raises RolesCrossed for a role that the organisation both can and cannot fill."""
    if crossed := set(command.roles) & set(command.excluded_roles):
        raise RolesCrossed(roles=", ".join(sorted(crossed)))
    return RoleDescribed(
        resources=command.resources,
        can=command.can,
        cannot=command.cannot,
        frame=command.frame,
        resource_codes=words(command.resource_codes),
        roles=words(command.roles),
        excluded_roles=words(command.excluded_roles),
        frame_codes=words(command.frame_codes),
        degree=word(command.degree),
    )
