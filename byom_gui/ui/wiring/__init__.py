"""Joins panels, session and work: each module one area of the window."""
