"""What is shipped: audited by ``dev.py audit``, built and tried by ``dev.py dist``."""
