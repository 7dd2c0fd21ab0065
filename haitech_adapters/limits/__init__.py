"""Rate limits by the library `limits`: counted in this process, or in Redis for all of them."""

from haitech_adapters.limits.attempts import CountedAttempts
from haitech_adapters.limits.counting import SlidingRates
from haitech_adapters.limits.memory import MemoryWindows
from haitech_adapters.limits.storage import Windows, shared_windows

__all__ = ["CountedAttempts", "MemoryWindows", "SlidingRates", "Windows", "shared_windows"]
