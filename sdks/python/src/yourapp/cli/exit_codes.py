"""How a command ends: one code for each kind of failure, so that scripts can tell them apart.

0    done
1    the API could not do it (conflict, server error), or something else went wrong
2    the command line itself is wrong
3    there is no such thing
4    not logged in, or not allowed
5    what was sent is not valid
6    the run failed or was cancelled
7    no answer, not in time, or too many requests: try again later
130  interrupted
"""

from __future__ import annotations

import typer

from yourapp import errors

FAILED, NOT_FOUND, NOT_ALLOWED, INVALID, RUN_FAILED, TRY_LATER, INTERRUPTED = 1, 3, 4, 5, 6, 7, 130

_CODES: list[tuple[type[Exception], int]] = [
    (errors.NotFoundError, NOT_FOUND),
    (errors.AuthenticationError, NOT_ALLOWED),
    (errors.PermissionDeniedError, NOT_ALLOWED),
    (errors.ConfigurationError, NOT_ALLOWED),
    (errors.ValidationError, INVALID),
    (errors.PayloadTooLargeError, INVALID),
    (errors.ExecutionTimeoutError, TRY_LATER),
    (errors.ExecutionError, RUN_FAILED),
    (errors.RateLimitError, TRY_LATER),
    (errors.APIConnectionError, TRY_LATER),
    (errors.YourAppError, FAILED),
    (OSError, FAILED),
    (ValueError, INVALID),
]


def run(app: typer.Typer) -> int:
    """Run the commands; says on stderr what went wrong, and returns the exit code."""
    try:
        code = app(standalone_mode=True)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except tuple(kind for kind, _ in _CODES) as problem:
        typer.secho(f"Error: {problem}", fg=typer.colors.RED, err=True)
        return code_of(problem)
    return code if isinstance(code, int) else 0


def code_of(problem: Exception) -> int:
    """The exit code of an error."""
    return next((code for kind, code in _CODES if isinstance(problem, kind)), FAILED)
