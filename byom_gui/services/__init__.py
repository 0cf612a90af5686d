"""The outside world: HTTP, keyring, files, images. No Qt."""
