"""The parts of the ``http_request`` node: what is sent, how, and what comes of the answer."""
