"""Events between services: exchanges and queues, relay, consumer, positions, parking lot, catch-up, rebuild.

Nothing here knows what an event means. Modules that import eventlet or nameko: consumer.py and relay_extension.py.
"""

from libs.bus.projection import Projection
from libs.bus.received import Envelope, Handler, Received

__all__ = ["Envelope", "Handler", "Projection", "Received"]
