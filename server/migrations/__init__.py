"""Steps that bring an older database up to date; they run when the server starts."""
