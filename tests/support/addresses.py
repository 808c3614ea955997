"""Addresses that no mail should go to."""

BAD_ADDRESSES = {
    "ana@example.org\nBcc: eve@example.org": "invalid_format",
    "ana@example.org\r\n\r\nBuy this.": "invalid_format",
    "ana@example.org,eve.example": "invalid_format",
    "ana<eve@example.org>": "invalid_format",
    '"ana"@example.org': "invalid_format",
    "ana(eve)@example.org": "invalid_format",
    "=?utf-8?q?eve?=@example.org": "invalid_format",
    "ana@eve@example.org": "invalid_format",
    "ana@example..org": "invalid_format",
    f"ana@{'a' * 64}.org": "invalid_format",
    "ana\x01@example.org": "invalid_format",
    "ana": "invalid_format",
    "": "invalid_format",
    f"ana@{'a.' * 500_000}org": "too_long",
}
"""Each with the code of its refusal."""
