"""Measurements: speed, pictures, diagnosis. Nothing here is asserted on wall time."""
