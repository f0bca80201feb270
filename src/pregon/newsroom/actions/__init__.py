"""Verbs of the newsroom, one family a file: publish, correct, withdraw, intake, live coverage."""

from pregon.newsroom.actions.correct import correct as correct
from pregon.newsroom.actions.intake import correct_from as correct_from
from pregon.newsroom.actions.intake import take_in as take_in
from pregon.newsroom.actions.live import Shot as Shot
from pregon.newsroom.actions.live import Words as Words
from pregon.newsroom.actions.live import close_live as close_live
from pregon.newsroom.actions.live import correct_post as correct_post
from pregon.newsroom.actions.live import lose_photo as lose_photo
from pregon.newsroom.actions.live import open_live as open_live
from pregon.newsroom.actions.live import pause as pause
from pregon.newsroom.actions.live import pin as pin
from pregon.newsroom.actions.live import post as post
from pregon.newsroom.actions.live import remove_post as remove_post
from pregon.newsroom.actions.live import resume as resume
from pregon.newsroom.actions.pieces import take_off_due as take_off_due
from pregon.newsroom.actions.publish import publish as publish
from pregon.newsroom.actions.publish import publish_due as publish_due
from pregon.newsroom.actions.withdraw import withdraw as withdraw
