"""Scanners by others (wapiti, sqlmap) over the whole demonstration, as each role: ``python -m tests.scan``."""
