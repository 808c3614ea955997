"""Accounts of people."""

from services.access.principals.accounts.record import Account
from shared.records.columns import table_of

account = table_of(Account, "access_account")
