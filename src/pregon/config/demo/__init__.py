"""The furnished office of ``pregon demo``: plainly sample acts, drawn pictures and readers that do not exist."""
