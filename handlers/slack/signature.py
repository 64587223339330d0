"""Whether Slack signed a request: asked of its bytes, before anything in them is read (slack.md 1, "Transport")."""

from __future__ import annotations

from collections.abc import Mapping

from slack_sdk.signature import SignatureVerifier


def is_signed(secret: str, body: bytes, headers: Mapping[str, str]) -> bool:
    """Whether the signature fits and is not older than five minutes; a header or a body that is no text fits nothing.

    `headers` know no case.
    """
    timestamp, signature = headers.get("x-slack-request-timestamp"), headers.get("x-slack-signature")
    try:
        return SignatureVerifier(secret).is_valid(body, timestamp, signature)
    except (ArithmeticError, TypeError, ValueError):
        return False


def is_ssl_check(body: bytes) -> bool:
    """Whether Slack only tries the certificate of the address; it asks for nothing."""
    return b"ssl_check=1" in body.split(b"&")
