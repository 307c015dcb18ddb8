from tests.rpc.conftest import office

__all__ = ["office"]
