"""The floor of a command over gRPC: a method on bare grpc that answers nothing. Prints its port."""

import sys
from concurrent.futures import ThreadPoolExecutor

import grpc

PATH = "/bench.Floor/Call"


def main(threads: str) -> None:
    server = grpc.server(ThreadPoolExecutor(int(threads)))
    method = grpc.unary_unary_rpc_method_handler(lambda _body, _call: b"")
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("bench.Floor", {"Call": method}),))
    sys.stdout.write(f"{server.add_insecure_port('127.0.0.1:0')}\n")
    sys.stdout.flush()
    server.start()
    server.wait_for_termination()


if __name__ == "__main__":
    main(*sys.argv[1:])
