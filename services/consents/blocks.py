"""What a citizen hides, from whom. Pure. What the law lets somebody know is known all the same (decisions.py)."""

from collections.abc import Sequence

import msgspec
from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Context, Event, derived_id
from services.consents.errors import BlockEmpty, BlockUnknown
from services.consents.events import BlockLifted, BlockSet
from services.consents.state import Block, Citizen, changed, named
from services.vocabulary import words


def set_block(citizen: Citizen, command: consents.SetBlock, context: Context) -> Sequence[Event]:
    """One that stands already is not set twice. Raises BlockEmpty."""
    if not command.organisation and not command.categories:
        raise BlockEmpty
    categories = words(command.categories)
    if any(
        (block.organisation, set(block.categories)) == (command.organisation, set(categories)) and block.lifted is None
        for block in citizen.blocks
    ):
        return []
    return [
        BlockSet(
            citizen=citizen.id,
            block=derived_id(context.command_id, "block"),
            organisation=command.organisation,
            categories=categories,
            since=context.now,
        )
    ]


def lift(citizen: Citizen, command: consents.LiftBlock, context: Context) -> Sequence[Event]:
    """Raises BlockUnknown."""
    block = named(citizen.blocks, command.block)
    if block is None or block.lifted is not None:
        raise BlockUnknown(block=command.block)
    return [BlockLifted(citizen=citizen.id, block=block.id, lifted=context.now)]


def with_block(citizen: Citizen, event: BlockSet) -> Citizen:
    block = Block(id=event.block, organisation=event.organisation, categories=event.categories, since=event.since)
    return msgspec.structs.replace(citizen, blocks=(*citizen.blocks, block))


def without_block(citizen: Citizen, event: BlockLifted) -> Citizen:
    left = changed(citizen.blocks, event.block, lifted=event.lifted)
    return msgspec.structs.replace(citizen, blocks=left)
