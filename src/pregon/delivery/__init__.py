"""The delivery engine: a parcel is sent, and the ledger is the truth about it. It knows nothing of content."""
