"""A fault that was planted, to see that fuzzing finds one; the tests look for it."""


def tried(content: bytes) -> None:
    """Fail at one beginning in sixteen million, which only what is learnt on the way leads to."""
    if len(content) < 3 or content[0] != ord("<"):
        return
    if content[1] != ord("!"):
        return
    if content[2] == ord("-"):
        raise ZeroDivisionError("planted")


def seeds() -> list[bytes]:
    """Return one input, which is good."""
    return [b"good"]
