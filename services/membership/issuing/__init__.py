"""How certificates arise and leave: causes, subjects, files, credentials, mails of supports, and verification.

The worker issues what a cause deserves; everybody may verify a certificate by its code, and nobody may list them.
"""
