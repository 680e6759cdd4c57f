"""How much of everything a form may have. Stated in docs/forms.md; each is checked where the thing is written."""

from __future__ import annotations

MAX_FORMS = 1_000
"""Forms an account may have, unless the parameter MaxForms says otherwise."""

MAX_FIELDS = 100
MAX_OPTIONS = 500
"""Options of one field."""

MAX_NAME = 200
MAX_TEXT = 2_000
"""Characters of a description, a help text or a success message."""

MAX_OPTION_TEXT = 500
MAX_PATTERN = 1_000
MAX_RULE = 4_000
MAX_HOSTS = 50

MAX_FORM_BYTES = 200_000
"""The fields as JSON: a form, with the rest of its record, stays under DynamoDB's 400 KB an item."""

MAX_SUBMISSION_BYTES = 100_000
"""The data of one submission as JSON. It is stored twice (as data, and in its event), and an event of the bus ends at 256 KB."""

MAX_FILE_BYTES = 10 * 1024 * 1024
"""A file of a submission, unless its field allows less."""

MAX_ACCEPT = 30
MAX_FILE_NAME = 200

MAX_LENGTH = 100_000
"""The greatest max_length that a field may state."""

MAX_RATING = 10
MAX_RETENTION_DAYS = 3_650
"""Ten years."""
