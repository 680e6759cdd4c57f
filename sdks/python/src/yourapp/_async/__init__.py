"""The async client. What is here is the source; the blocking client is made of it (``generate_sync.py``)."""
