"""What the window does: each module moves one part of the session, off the GUI thread where it takes time."""
