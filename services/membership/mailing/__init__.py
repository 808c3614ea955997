"""What is mailed to many: consents, broadcasts to experts who consented, what comes back, and reminders of terms.

The office writes a broadcast and a second person approves it. Experts give and withdraw consents.
"""
