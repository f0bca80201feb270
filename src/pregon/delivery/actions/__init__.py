"""Verbs of the engine: dispatch (ask), prepare (one row per receiver), deliver (claim, send, write down), subscribe,
collect (what receivers write to us)."""

from pregon.delivery.actions.collect import collect_due as collect_due
from pregon.delivery.actions.deliver import deliver_due as deliver_due
from pregon.delivery.actions.dispatch import dispatch as dispatch
from pregon.delivery.actions.dispatch import stop as stop
from pregon.delivery.actions.prepare import prepare_due as prepare_due
from pregon.delivery.actions.subscribe import add_office_channel as add_office_channel
from pregon.delivery.actions.subscribe import ask_to_subscribe as ask_to_subscribe
from pregon.delivery.actions.subscribe import choose as choose
from pregon.delivery.actions.subscribe import confirm as confirm
from pregon.delivery.actions.subscribe import leave as leave
from pregon.delivery.actions.subscribe import subscribe_directly as subscribe_directly
