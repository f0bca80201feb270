"""What the newsroom keeps, one aggregate a file."""

from pregon.newsroom.models.bulletins import Bulletin as Bulletin
from pregon.newsroom.models.bulletins import BulletinIndex as BulletinIndex
from pregon.newsroom.models.bulletins import BulletinQuerySet as BulletinQuerySet
from pregon.newsroom.models.bulletins import Correction as Correction
from pregon.newsroom.models.bulletins import Intake as Intake
from pregon.newsroom.models.bulletins import NumberSeries as NumberSeries
from pregon.newsroom.models.bulletins import Withdrawal as Withdrawal
from pregon.newsroom.models.live import LiveBlog as LiveBlog
from pregon.newsroom.models.live import LiveChange as LiveChange
from pregon.newsroom.models.live import LivePost as LivePost
