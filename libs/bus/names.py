"""How exchanges, queues and remote procedures are named."""


def exchange_of(service: str) -> str:
    return f"{service}.events"


def queue_of(consumer: str, source: str) -> str:
    return f"{consumer}.{source}"


def log_service_of(service: str) -> str:
    """The nameko service that answers for a service's log."""
    return f"{service}_log"


def batch_key(service: str) -> str:
    """Routing key of a message with events of several types."""
    return f"{service}.batch"
