"""All cases that are kept aside, in one place for those who run them and count them."""

from __future__ import annotations

from benchmarks.diagnosis import cases_held_out as first
from benchmarks.diagnosis import cases_held_out_second as second

CASES = (*first.CASES, *second.CASES)
COMBINED = (*first.COMBINED, *second.COMBINED)
SOUND = (*first.SOUND, *second.SOUND)
