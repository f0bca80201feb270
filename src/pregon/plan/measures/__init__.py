"""The measures over what stands below the plan, one module for each app whose records they read."""

from pregon.plan.measures import newsroom as newsroom
from pregon.plan.measures.newsroom import records_begin as records_begin
