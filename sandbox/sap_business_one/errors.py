"""The service's refusals, in the shape of its second version: a code and a message, both text.

Codes and wordings follow the vendor's published samples; where none is published the text keeps the form
`what is wrong [TABLE.Column][line: n]`.
"""

from typing import Any


class ServiceLayerError(Exception):
    """A refusal the caller can read: an HTTP status, a code and a message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code} {message}")
        self.status, self.code, self.message = status, code, message

    def body(self) -> dict[str, Any]:
        """Return the error document."""
        return {"error": {"code": self.code, "message": self.message}}


class ApprovalPending(ServiceLayerError):
    """An approval template matched: a draft is kept, and the answer says that nothing was found."""

    def __init__(self, draft: dict[str, Any]) -> None:
        super().__init__(400, "-2028", NO_MATCH)
        self.draft = draft


NO_MATCH = "No matching records found (ODBC -2028)"


def invalid_session() -> ServiceLayerError:
    """Answer to a call without a living session."""
    return ServiceLayerError(401, "301", "Invalid session or session already timeout.")


def not_found() -> ServiceLayerError:
    """Answer to a read of a key that no row has."""
    return ServiceLayerError(404, "-2028", NO_MATCH)


def no_such_reference() -> ServiceLayerError:
    """Answer to a write that names a code which does not exist."""
    return ServiceLayerError(400, "-2028", NO_MATCH)


def already_exists() -> ServiceLayerError:
    """Answer to a create whose key is taken."""
    return ServiceLayerError(400, "-2035", "This entry already exists in the following tables (ODBC -2035)")


def changed_by_another() -> ServiceLayerError:
    """Answer to a write with an outdated ETag."""
    return ServiceLayerError(
        412,
        "-2039",
        "Another user or another operation modified data; to continue, open the window again (ODBC -2039)",
    )


def not_supported() -> ServiceLayerError:
    """Answer to an action the object does not have, or not in its state."""
    return ServiceLayerError(400, "-5006", "The requested action is not supported for this object.")


def cannot_change(column: str) -> ServiceLayerError:
    """Answer to an update of something that may not change any more."""
    return ServiceLayerError(400, "-1029", f"Field cannot be updated (ODBC -1029) [{column}]")


def rule(message: str, column: str = "", line: int | None = None) -> ServiceLayerError:
    """A business rule says no; `column` and `line` name the place as the real messages do."""
    return ServiceLayerError(400, "-10", message + _place(column, line))


def document_rule(message: str, column: str = "", line: int | None = None) -> ServiceLayerError:
    """The document engine says no."""
    return ServiceLayerError(400, "-5002", message + _place(column, line))


def bad_request(message: str) -> ServiceLayerError:
    """The request itself is malformed or names what the service does not know."""
    return ServiceLayerError(400, "-1000", message)


def bad_value(message: str) -> ServiceLayerError:
    """A value does not fit its property."""
    return ServiceLayerError(400, "-1004", message)


def bad_filter(message: str) -> ServiceLayerError:
    """The filter condition cannot be read."""
    return ServiceLayerError(400, "201", message)


def _place(column: str, line: int | None) -> str:
    if not column:
        return ""
    return f"  [{column}]" if line is None else f"  [{column}][line: {line + 1}]"
