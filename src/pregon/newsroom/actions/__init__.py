"""Verbs of the newsroom, one family a file: publish, correct, withdraw, intake."""

from pregon.newsroom.actions.correct import correct as correct
from pregon.newsroom.actions.intake import correct_from as correct_from
from pregon.newsroom.actions.intake import take_in as take_in
from pregon.newsroom.actions.publish import publish as publish
from pregon.newsroom.actions.publish import publish_due as publish_due
from pregon.newsroom.actions.withdraw import withdraw as withdraw
