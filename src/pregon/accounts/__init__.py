"""The office and its people: departments, officials, roles, topics and localities."""
