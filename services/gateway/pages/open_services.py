"""Which services citizens can ask for help themselves, and where."""

from samspor.partners.v1 import partners_pb2

from services import vocabulary


def takes_self_referral(service: partners_pb2.Service) -> bool:
    return vocabulary.takes_self_referral(service.status, service.eligibility.situations)


def ask_path(service: partners_pb2.Service) -> str:
    return f"/organisations/{service.organisation}/services/{service.id}/help"
