"""What can go wrong, made to go wrong, and counted: ``docs/reliability.md``."""
