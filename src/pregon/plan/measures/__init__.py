"""The measures over what stands below the plan, one module for each app whose records they read."""

from pregon.plan.measures import agenda as agenda
from pregon.plan.measures import alerts as alerts
from pregon.plan.measures import delivery as delivery
from pregon.plan.measures import library as library
from pregon.plan.measures import newsroom as newsroom
from pregon.plan.measures.beginning import records_begin as records_begin
