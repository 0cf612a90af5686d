"""Observations to findings, one module a family."""
