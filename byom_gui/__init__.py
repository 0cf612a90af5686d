"""See, check and register your own computer-vision model with V7 Darwin."""

__version__ = "0.1.0"
