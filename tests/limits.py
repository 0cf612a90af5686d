"""How long tests wait for what has to come. Generous, for slow and busy machines: only a failing test waits that long.

No test may depend on speed; a test that needs another limit is about that limit.
"""

from __future__ import annotations

PROCESS = 300.0
"""Seconds for a program to end."""
ARRIVAL = 120.0
"""Seconds for a line, a window or a state to come."""
SIGNAL_MS = 60_000
"""Milliseconds for a signal or a state of the window."""
