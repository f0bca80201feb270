"""The addresses of the public site, in the words of the people who read them."""

from __future__ import annotations

from django.urls import path, register_converter

from pregon.website import feeds
from pregon.website.views import (
    agenda,
    alerts,
    browser,
    bulletins,
    campaigns,
    galleries,
    home,
    live,
    office,
    offline,
    plan,
    recordings,
    services,
    subscription,
    widgets,
)


class Year:
    regex = "20[0-9]{2}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return f"{value:04d}"


class Month(Year):
    regex = "0[1-9]|1[0-2]"

    def to_url(self, value: int) -> str:
        return f"{value:02d}"


register_converter(Year, "yyyy")
register_converter(Month, "mm")

app_name = "website"
urlpatterns = [
    path("", home.home, name="home"),
    path("boletines/", bulletins.latest, name="bulletins"),
    path("boletines/buscar/", bulletins.search, name="search"),
    path("buscar.json", bulletins.typing, name="typing"),
    path("boletines/<yyyy:year>/<mm:month>/", bulletins.month, name="bulletins_month"),
    path("boletines/tema/<slug:slug>/", bulletins.topic, name="topic"),
    path("boletines/<slug:slug>/", bulletins.bulletin, name="bulletin"),
    path("agenda/", agenda.upcoming, name="agenda"),
    path("agenda/<yyyy:year>/<mm:month>/", agenda.month, name="agenda_month"),
    path("agenda/<slug:slug>/", agenda.act, name="act"),
    path("agenda/<slug:slug>/mapa.webp", agenda.act_map, name="act_map"),
    path("alertas/", alerts.alerts, name="alerts"),
    path("alertas/cap/", alerts.cap_index, name="alerts_cap"),
    path("alertas/cap/alertas.atom", alerts.feed, name="alerts_feed"),
    path("alertas/cap/<str:identifier>.xml", alerts.cap, name="alert_cap"),
    path("alertas/<slug:slug>/", alerts.alert, name="alert"),
    path("vivo/alerta.json", alerts.snapshot, name="alert_snapshot"),
    path("en-vivo/", live.coverages, name="coverages"),
    path("en-vivo/<slug:slug>/", live.coverage, name="coverage"),
    path("vivo/sitio.json", live.site_snapshot, name="site_snapshot"),
    path("vivo/cobertura-<int:pk>.json", live.coverage_snapshot, name="coverage_snapshot"),
    path("galerias/", galleries.galleries, name="galleries"),
    path("galerias/<slug:slug>/", galleries.gallery, name="gallery"),
    path("campanas/", campaigns.campaigns, name="campaigns"),
    path("campanas/<slug:slug>/", campaigns.campaign, name="campaign"),
    path("servicios/", services.services, name="services"),
    path("servicios/buscar/", services.search, name="services_search"),
    path("servicios/<slug:slug>/", services.service, name="service"),
    path("podcast/", recordings.podcast, name="podcast"),
    path("podcast/rss.xml", feeds.podcast_rss, name="podcast_rss"),
    path("podcast/portada.png", recordings.podcast_cover, name="podcast_cover"),
    path("podcast/<slug:slug>/", recordings.episode, name="episode"),
    path("podcast/<slug:slug>/subtitulos.vtt", recordings.episode_captions, name="episode_captions"),
    path("podcast/<slug:slug>/capitulos.json", recordings.episode_chapters, name="episode_chapters"),
    path("videos/", recordings.videos, name="videos"),
    path("videos/<slug:slug>/", recordings.video, name="video"),
    path("videos/<slug:slug>/subtitulos.vtt", recordings.video_captions, name="video_captions"),
    path("plan/", plan.plan_index, name="plans"),
    path("plan/comparar/<slug:key>/", plan.plan_comparison, name="plan_comparison"),
    path("plan/<slug:slug>/", plan.plan_detail, name="plan"),
    path("plan/<slug:slug>/cierres/<int:number>.json", plan.closing_signed, name="closing"),
    path(
        "plan/<slug:slug>/cierres/<int:number>-registros.json", plan.closing_records, name="closing_records"
    ),
    path("plan/<slug:slug>/datos/", plan.open_data, name="plan_data"),
    path("plan/<slug:slug>/datos/diccionario.<slug:form>", plan.dictionary, name="plan_dictionary"),
    path("plan/<slug:slug>/datos/<slug:name>.<slug:form>", plan.dataset, name="plan_dataset"),
    path("plan/<slug:slug>/<slug:indicator>/", plan.indicator_detail, name="indicator"),
    path("plan/<slug:slug>/<slug:indicator>/<mm:month>/", plan.month_detail, name="indicator_month"),
    path("plan/<slug:slug>/informe/<slug:span>/", plan.report_detail, name="plan_report"),
    path("suscripcion/", subscription.subscribe, name="subscribe"),
    path("suscripcion/gracias/", subscription.thanks, name="subscribe_thanks"),
    path("suscripcion/avisos/", browser.join, name="browser_join"),
    path("suscripcion/avisos.json", browser.offer, name="browser_offer"),
    path("suscripcion/avisos/baja/", browser.part, name="browser_part"),
    path("suscripcion/confirmar/<str:token>/", subscription.confirm, name="subscribe_confirm"),
    path("suscripcion/<str:token>/", subscription.preferences, name="preferences"),
    path("suscripcion/<str:token>/baja/", subscription.leave, name="unsubscribe"),
    path("privacidad/", office.privacy, name="privacy"),
    path("accesibilidad/", office.accessibility, name="accessibility"),
    path("incrustar/", widgets.showcase, name="widgets"),
    path("incrustar/noticias/", widgets.news, name="news_widget"),
    path("incrustar/noticias/<int:many>/", widgets.news, name="news_widget_of"),
    path("incrustar/agenda/", widgets.agenda, name="agenda_widget"),
    path("incrustar/agenda/<int:many>/", widgets.agenda, name="agenda_widget_of"),
    path("incrustar/alerta/", widgets.alert, name="alert_widget"),
    path("incrustar.js", widgets.loader, name="widget_loader"),
    path("avisos.js", browser.worker, name="browser_worker"),
    path("sin-conexion/", offline.offline, name="offline"),
    path("sin-conexion.json", offline.kept, name="offline_list"),
    path("app.webmanifest", office.manifest, name="manifest"),
    path("icono-192.png", office.icon, {"side": 192}, name="icon_192"),
    path("icono-512.png", office.icon, {"side": 512}, name="icon_512"),
    path("icono-recortable.png", office.maskable_icon, name="icon_maskable"),
    path("marca.css", office.brand, name="brand"),
    path("escudo.svg", office.drawn_seal, name="drawn_seal"),
    path("escudo.png", office.seal, name="seal"),
    path("rss.xml", feeds.rss, name="rss"),
    path("atom.xml", feeds.atom, name="atom"),
    path("feed.json", feeds.json_feed, name="json_feed"),
    path("agenda.ics", feeds.agenda_ics, name="agenda_ics"),
    path("agenda/<slug:slug>/acto.ics", feeds.act_ics, name="act_ics"),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("sitemap-paginas.xml", feeds.sitemap_pages, name="sitemap_pages"),
    path("sitemap-<yyyy:year>-<mm:month>.xml", feeds.sitemap_month, name="sitemap_month"),
    path("sitemap-noticias.xml", feeds.sitemap_news, name="sitemap_news"),
    path("robots.txt", feeds.robots, name="robots"),
]
