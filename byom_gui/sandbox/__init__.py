"""The built-in model server and the V7 stand-in, on loopback. No Qt."""
