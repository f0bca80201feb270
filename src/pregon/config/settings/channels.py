"""Which channels this installation knows: one line each, a dotted path, so that one from pip is an equal.

A channel that is known still sends nothing until the office switches it on.
"""

PREGON_CHANNELS = [
    "pregon.channels.activitypub",
    "pregon.channels.bluesky",
    "pregon.channels.email",
    "pregon.channels.facebook",
    "pregon.channels.instagram",
    "pregon.channels.mastodon",
    "pregon.channels.sms",
    "pregon.channels.telegram",
    "pregon.channels.webhook",
    "pregon.channels.webpush",
    "pregon.channels.whatsapp",
    "pregon.channels.whatsapp_channel",
    "pregon.channels.x",
]
