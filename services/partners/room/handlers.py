"""Commands about room: whose service it is, who may, decide, append."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from google.protobuf.message import Message
from samspor.common.v1 import common_pb2 as common
from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Context, derived_id
from libs.host.repeats import unless_repeated
from services.partners.organisation import ORGANISATION
from services.partners.room.capacity import CAPACITY, Declare, stream_of
from services.partners.room.errors import QuestionUnknown, ServiceUnknown
from services.partners.room.question import QUESTION, Ask, Question

if TYPE_CHECKING:
    from services.partners.service import Partners


def declare_capacity(service: "Partners", request: partners.DeclareCapacity, caller: Context) -> common.Recorded:
    """Raises ServiceUnknown for a service that is not the organisation's, or that another published first."""
    service.authorizer.require(caller, "DeclareCapacity", {"organisation": request.organisation})
    with unless_repeated(service.log, caller):
        published = service.log.load(ORGANISATION, request.organisation).state.services
        if request.service not in published or owner_of(service, request.service) not in ("", request.organisation):
            raise ServiceUnknown(service=request.service)
    result = service.log.execute(CAPACITY, stream_of(request.service), Declare(request), caller)
    return common.Recorded(id=request.service, version=result.version, position=result.position)


def ask_capacity(service: "Partners", request: partners.AskCapacity, caller: Context) -> common.Recorded:
    service.authorizer.require(caller, "AskCapacity", {"organisation": ""})
    recipient = ""
    with unless_repeated(service.log, caller):
        recipient = owner_of(service, request.service)
        if not recipient:
            raise ServiceUnknown(service=request.service)
    question = derived_id(caller.command_id, "question")
    result = service.log.execute(QUESTION, question, Ask(question, recipient, request), caller)
    return common.Recorded(id=result.id, version=result.version, position=result.position)


def answer_capacity(service: "Partners", request: partners.AnswerCapacity, caller: Context) -> common.Recorded:
    def check(question: Question) -> None:
        if caller.organisation not in (question.asker, question.recipient):
            raise QuestionUnknown(question=request.question)
        service.authorizer.require(caller, "AnswerCapacity", {"organisation": question.recipient})

    result = service.log.execute(QUESTION, request.question, request, caller, check)
    return common.Recorded(id=result.id, version=result.version, position=result.position)


def owner_of(service: "Partners", of: str) -> str:
    """The organisation that the directory has the service from; empty for one that it does not know, or not yet."""
    with service.pool.connection() as connection:
        row = connection.execute("SELECT organisation::text FROM services WHERE id = %s", [of]).fetchone()
    return row[0] if row else ""


HANDLERS: Final[Mapping[type[Message], Callable[["Partners", Any, Context], Message]]] = {
    partners.DeclareCapacity: declare_capacity,
    partners.AskCapacity: ask_capacity,
    partners.AnswerCapacity: answer_capacity,
}
