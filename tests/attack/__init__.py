"""Hostile input into every form there is. ``python -m tests.attack --cases 20000`` runs as many as one likes."""
