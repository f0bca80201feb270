"""WhatsApp channel: what a person pastes there, since no program may post to it."""
