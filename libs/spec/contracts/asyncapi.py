"""What goes over RabbitMQ: AsyncAPI 3.0 with AMQP bindings 0.3.0."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from libs.bus.message import CONTENT_TYPE, COUNT, FIRST, MOST_BYTES, MOST_EVENTS, TRACEPARENT
from libs.bus.names import batch_key, exchange_of, queue_of
from libs.bus.topology import QUEUE_ARGUMENTS
from libs.host.service import Service
from libs.spec.contracts.events import DIALECT

BINDINGS: Final = "0.3.0"
HEADERS: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        FIRST: {"type": "integer", "minimum": 1, "description": "Position of the first event in its source's log."},
        COUNT: {"type": "integer", "minimum": 1, "maximum": MOST_EVENTS},
        TRACEPARENT: {"type": "string", "description": "W3C Trace Context."},
    },
    "required": [FIRST, COUNT],
}
INFO: Final = " ".join(
    f"""\
Each service publishes its events, in the order of its log, to a topic exchange of its own. A message is a CloudEvents
1.0 batch of at most {MOST_EVENTS} events and {MOST_BYTES} bytes: the exact bytes that were stored. Positions have no
gaps: a consumer applies an event only when its position is the next one of that source, drops what it has seen, and
asks the source for what is missing.""".split()
)
LICENSE: Final = {"name": "MPL-2.0", "url": "https://mozilla.org/MPL/2.0/"}
HOST: Final = {"variables": {"host": {"description": "SAMSPOR_BROKER", "default": "localhost:5672"}}}
ARGUMENTS: Final = ", ".join(f"{name}: {value}" for name, value in QUEUE_ARGUMENTS.items())


def asyncapi(services: Sequence[Service]) -> str:
    publishing = [service for service in services if service.events]
    document = {
        "asyncapi": "3.0.0",
        "info": {"title": "Samspor events", "version": _version(), "description": INFO, "license": LICENSE},
        "defaultContentType": CONTENT_TYPE,
        "servers": {"broker": {"host": "{host}", "protocol": "amqp", "protocolVersion": "0.9.1", **HOST}},
        "channels": _channels(publishing, services),
        "operations": _operations(publishing, services),
        "components": {"messages": {service.name: _message(service) for service in publishing}},
    }
    text: str = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)
    return text


def _version() -> str:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())["project"]
    version: str = project["version"]
    return version


def _channels(publishing: Sequence[Service], services: Sequence[Service]) -> dict[str, Any]:
    exchanges = {
        exchange_of(service.name): {
            "address": exchange_of(service.name),
            "description": f"What {service.name} publishes. Routing key: the event type when a batch has one type, "
            f"otherwise {batch_key(service.name)}.",
            "messages": _messages(service.name),
            "bindings": {"amqp": {"is": "routingKey", "exchange": _exchange(service.name), "bindingVersion": BINDINGS}},
        }
        for service in publishing
    }
    queues = {
        queue_of(consumer.name, source): {
            "address": queue_of(consumer.name, source),
            "description": f"What {consumer.name} has still to take of {source}. "
            f"Bound to {exchange_of(source)} with #; {ARGUMENTS}",
            "messages": _messages(source),
            "bindings": {
                "amqp": {
                    "is": "queue",
                    "queue": {
                        "name": queue_of(consumer.name, source),
                        "durable": True,
                        "exclusive": False,
                        "autoDelete": False,
                    },
                    "bindingVersion": BINDINGS,
                }
            },
        }
        for consumer, source in _pairs(publishing, services)
    }
    return exchanges | queues


def _operations(publishing: Sequence[Service], services: Sequence[Service]) -> dict[str, Any]:
    sends = {
        f"{service.name}Publishes": {
            "action": "send",
            "channel": {"$ref": f"#/channels/{exchange_of(service.name)}"},
            "summary": f"The relay of {service.name}; one at a time, confirmed, mandatory.",
            "bindings": {"amqp": {"deliveryMode": 2, "mandatory": True, "bindingVersion": BINDINGS}},
        }
        for service in publishing
    }
    receives = {
        f"{consumer.name}Consumes{source.title()}": {
            "action": "receive",
            "channel": {"$ref": f"#/channels/{queue_of(consumer.name, source)}"},
            "summary": f"{consumer.name} applies what {source} published; effect and position in one transaction.",
            "bindings": {"amqp": {"ack": True, "bindingVersion": BINDINGS}},
        }
        for consumer, source in _pairs(publishing, services)
    }
    return sends | receives


def _pairs(publishing: Sequence[Service], services: Sequence[Service]) -> list[tuple[Service, str]]:
    names = {service.name for service in publishing}
    return [(consumer, source) for consumer in services for source in consumer.consumes if source in names]


def _exchange(service: str) -> dict[str, Any]:
    return {"name": exchange_of(service), "type": "topic", "durable": True, "autoDelete": False}


def _messages(service: str) -> dict[str, Any]:
    return {"batch": {"$ref": f"#/components/messages/{service}"}}


def _message(service: Service) -> dict[str, Any]:
    events = [{"$ref": f"events/{event.type}.json"} for event in service.events]
    return {
        "title": f"Consecutive events of {service.name}",
        "contentType": CONTENT_TYPE,
        "headers": HEADERS,
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": {"$schema": DIALECT, "type": "array", "minItems": 1, "items": {"oneOf": events}},
        },
    }
