"""Messages in the portal, e-mail behind them, reminders and receipts."""
