"""A stand-in for Stripe over real HTTP, for tests and the demonstration.

It was written without ever speaking to Stripe. The contract (``contract.py``) is the library's own and proves names,
types, allowed values and routes; how the stand-in behaves is what Stripe's documentation says, as far as it is needed.
For a test see ``running.py``, for the demonstration ``python -m tests.stripe_fake --help``, for what people, banks and
shops do ``control.py``, and for what goes wrong on purpose ``switches.py``.
"""
