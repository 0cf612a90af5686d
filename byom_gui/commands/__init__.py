"""One module a command of ``byom-gui``."""
