"""Verbs of the site: mark what changed, bake what is due, take down at once, lay out, put right, tell open pages."""

from pregon.website.actions.baking import bake as bake
from pregon.website.actions.baking import bake_due as bake_due
from pregon.website.actions.baking import take_down as take_down
from pregon.website.actions.lay_out import lay_out_site as lay_out_site
from pregon.website.actions.marking import mark as mark
from pregon.website.actions.marking import mark_everything as mark_everything
from pregon.website.actions.reconciling import reconcile as reconcile
from pregon.website.actions.telling import close_stream as close_stream
from pregon.website.actions.telling import forget_tellings as forget_tellings
from pregon.website.actions.telling import tell as tell
from pregon.website.actions.telling import tell_all as tell_all
