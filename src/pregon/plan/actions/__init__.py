"""Verbs over plans: load one and furnish the office it describes, capture and explain what no record tells, close a
month or open it again, begin a year."""

from pregon.plan.actions.beginning import begin_year as begin_year
from pregon.plan.actions.beginning import review_target as review_target
from pregon.plan.actions.capturing import Figures as Figures
from pregon.plan.actions.capturing import capture as capture
from pregon.plan.actions.closing import check_may_close as check_may_close
from pregon.plan.actions.closing import close_month as close_month
from pregon.plan.actions.closing import reopen_month as reopen_month
from pregon.plan.actions.explaining import Explanation as Explanation
from pregon.plan.actions.explaining import explain as explain
from pregon.plan.actions.explaining import why_signed as why_signed
from pregon.plan.actions.importing import drop_draft as drop_draft
from pregon.plan.actions.importing import hand_in as hand_in
from pregon.plan.actions.importing import load_draft as load_draft
from pregon.plan.actions.importing import take_in as take_in
from pregon.plan.actions.loading import load_plan as load_plan
from pregon.plan.actions.loading import put_in as put_in
from pregon.plan.actions.loading import set_up_office as set_up_office
