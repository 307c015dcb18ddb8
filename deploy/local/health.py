"""Whether an rpc server says that it is serving (grpc.health.v1)."""

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc


def serving(address: str, seconds: float = 2.0) -> bool:
    with grpc.insecure_channel(address) as channel:
        try:
            answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=seconds)
        except grpc.RpcError:
            return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)
