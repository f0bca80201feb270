"""Which channels this installation knows: one line each, a dotted path, so that one from pip is an equal.

A channel that is known still sends nothing until the office switches it on.
"""

PREGON_CHANNELS = [
    "pregon.channels.email",
    "pregon.channels.telegram",
    "pregon.channels.webhook",
    "pregon.channels.whatsapp",
    "pregon.channels.whatsapp_channel",
]
