"""The diagnosis measured: real servers with known faults, and how many of them are named."""
