"""Speed, measured: ``python3 dev.py bench`` writes ``docs/performance.md``."""
