"""ActivityPub: an actor of the office itself, at the office's own address, that people of the fediverse follow."""
