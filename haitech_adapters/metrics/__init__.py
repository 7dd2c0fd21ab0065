"""What the program counts of itself, and how Prometheus reads it."""

from haitech_adapters.metrics.counting import Counted
from haitech_adapters.metrics.own_port import Checks, own_port
from haitech_adapters.metrics.page import MetricsPage
from haitech_adapters.metrics.together import Together

__all__ = ["Checks", "Counted", "MetricsPage", "Together", "own_port"]
