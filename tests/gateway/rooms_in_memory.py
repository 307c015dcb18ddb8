"""Room as the gateway sees it: a service whose number is fresh, and a question from each side."""

from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Context
from tests.gateway.world import FAMILY, NGO, stamp, uid

SERVICE = uid("service")
QUESTION = uid("question")


class Rooms:
    def _list_capacity(self, question: partners.ListCapacity, _caller: Context) -> partners.CapacityList:
        told = partners.Capacity(service=SERVICE, declared=True, available=3, maximum=5, updated=stamp(1))
        wanted = SERVICE in question.services or question.organisation == NGO
        return partners.CapacityList(capacities=[told] if wanted else [])

    def _get_capacity(self, question: partners.GetCapacity, _caller: Context) -> partners.Capacity:
        return partners.Capacity(service=question.service, declared=True, available=3, maximum=5, updated=stamp(1))

    def _list_capacity_questions(
        self, question: partners.ListCapacityQuestions, caller: Context
    ) -> partners.CapacityQuestionList:
        mine, box = caller.organisation == NGO, "inbox" if caller.organisation == NGO else "outbox"
        if question.box != box:
            return partners.CapacityQuestionList()
        one = partners.CapacityQuestion(
            id=QUESTION,
            service=SERVICE,
            asker=FAMILY,
            recipient=NGO,
            need="family",
            age_band="18-24",
            asked=stamp(1),
            answer="" if mine else "wait",
            weeks=0 if mine else 3,
        )
        return partners.CapacityQuestionList(questions=[one])
