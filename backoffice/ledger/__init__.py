"""Each client's accounts, journals, periods, balances and reports."""
