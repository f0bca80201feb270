"""What the newsroom keeps, one aggregate a file."""

from pregon.newsroom.models.bulletins import Bulletin as Bulletin
from pregon.newsroom.models.bulletins import BulletinIndex as BulletinIndex
from pregon.newsroom.models.bulletins import BulletinQuerySet as BulletinQuerySet
from pregon.newsroom.models.bulletins import Correction as Correction
from pregon.newsroom.models.bulletins import Intake as Intake
from pregon.newsroom.models.bulletins import NumberSeries as NumberSeries
from pregon.newsroom.models.bulletins import Withdrawal as Withdrawal
from pregon.newsroom.models.campaigns import Campaign as Campaign
from pregon.newsroom.models.live import LiveBlog as LiveBlog
from pregon.newsroom.models.live import LiveChange as LiveChange
from pregon.newsroom.models.live import LivePost as LivePost
from pregon.newsroom.models.pieces import Piece as Piece
from pregon.newsroom.models.pieces import PieceIndex as PieceIndex
from pregon.newsroom.models.pieces import PieceQuerySet as PieceQuerySet
from pregon.newsroom.models.recordings import Episode as Episode
from pregon.newsroom.models.recordings import Recording as Recording
from pregon.newsroom.models.recordings import Video as Video
from pregon.newsroom.models.services import Service as Service

#: Every kind of page beside the bulletins.
PIECES: tuple[type[Piece], ...] = (Campaign, Service, Episode, Video)
