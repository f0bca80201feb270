"""The public pages, one family a file. Each answers from what its path and query say and from nothing else (no
session, no user, no cookie), so that a baked page is exactly what the view would answer to a stranger."""
