"""Verbs of the engine: dispatch (ask), prepare (one row per receiver), deliver (claim, send, write down), steer (hold
back, call off, try again), trial, staff (letters to our own people), subscribe, collect (what receivers write to us),
digest (tell together), suppress, erase, mend (a clock put back)."""

from pregon.delivery.actions.claim import has_work as has_work
from pregon.delivery.actions.claim import reap as reap
from pregon.delivery.actions.collect import collect_due as collect_due
from pregon.delivery.actions.collect import hear as hear
from pregon.delivery.actions.deliver import deliver_due as deliver_due
from pregon.delivery.actions.deliver import deliver_on as deliver_on
from pregon.delivery.actions.digest import digest_due as digest_due
from pregon.delivery.actions.digest import open_digests as open_digests
from pregon.delivery.actions.digest import retell as retell
from pregon.delivery.actions.dispatch import dispatch as dispatch
from pregon.delivery.actions.dispatch import stop as stop
from pregon.delivery.actions.erase import erase_due as erase_due
from pregon.delivery.actions.importing import approve as approve
from pregon.delivery.actions.importing import hand_in as hand_in
from pregon.delivery.actions.importing import roster_due as roster_due
from pregon.delivery.actions.mend import clock_was_put_back as clock_was_put_back
from pregon.delivery.actions.pace import forget_full as forget_full
from pregon.delivery.actions.prepare import prepare_due as prepare_due
from pregon.delivery.actions.resolve import resolve_all as resolve_all
from pregon.delivery.actions.staff import tell_staff as tell_staff
from pregon.delivery.actions.steer import Failure as Failure
from pregon.delivery.actions.steer import cancel as cancel
from pregon.delivery.actions.steer import hurry as hurry
from pregon.delivery.actions.steer import passed_on as passed_on
from pregon.delivery.actions.steer import pause as pause
from pregon.delivery.actions.steer import resume as resume
from pregon.delivery.actions.steer import retry as retry
from pregon.delivery.actions.steer import sweep_due as sweep_due
from pregon.delivery.actions.subscribe import add_office_channel as add_office_channel
from pregon.delivery.actions.subscribe import ask_to_subscribe as ask_to_subscribe
from pregon.delivery.actions.subscribe import choose as choose
from pregon.delivery.actions.subscribe import choose_frequency as choose_frequency
from pregon.delivery.actions.subscribe import confirm as confirm
from pregon.delivery.actions.subscribe import leave as leave
from pregon.delivery.actions.subscribe import subscribe_directly as subscribe_directly
from pregon.delivery.actions.suppress import bounced as bounced
from pregon.delivery.actions.suppress import suppress as suppress
from pregon.delivery.actions.suppress import write_again as write_again
from pregon.delivery.actions.tokens import watch_tokens as watch_tokens
from pregon.delivery.actions.trial import may_be_tried as may_be_tried
from pregon.delivery.actions.trial import try_out as try_out
