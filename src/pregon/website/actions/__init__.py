"""Verbs of the site: mark what changed, bake what is due, take down, lay out, put right, keep, export, tell."""

from pregon.website.actions.archiving import read_version as read_version
from pregon.website.actions.archiving import thin_out as thin_out
from pregon.website.actions.baking import bake as bake
from pregon.website.actions.baking import bake_due as bake_due
from pregon.website.actions.baking import take_down as take_down
from pregon.website.actions.exporting import export as export
from pregon.website.actions.lay_out import lay_out_site as lay_out_site
from pregon.website.actions.mapping import draw_maps as draw_maps
from pregon.website.actions.mapping import picture_of as picture_of
from pregon.website.actions.marking import FIGURES_FOLLOW as FIGURES_FOLLOW
from pregon.website.actions.marking import REPORTS_FOLLOW as REPORTS_FOLLOW
from pregon.website.actions.marking import mark as mark
from pregon.website.actions.marking import mark_everything as mark_everything
from pregon.website.actions.marking import mark_in_turn as mark_in_turn
from pregon.website.actions.mending import clock_was_put_back as clock_was_put_back
from pregon.website.actions.rebuilding import rebuild as rebuild
from pregon.website.actions.reconciling import reconcile as reconcile
from pregon.website.actions.telling import close_stream as close_stream
from pregon.website.actions.telling import forget_tellings as forget_tellings
from pregon.website.actions.telling import tell as tell
from pregon.website.actions.telling import tell_all as tell_all
