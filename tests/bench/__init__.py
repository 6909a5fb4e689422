"""How fast it is, as ratios that mean the same on any machine: ``python -m tests.bench``."""
