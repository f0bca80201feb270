from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "pregon.accounts"
    label = "accounts"
    verbose_name = "Oficina"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from pregon.accounts import permissions
        from pregon.accounts.receivers import ensure_roles_exist

        permissions.register()
        post_migrate.connect(ensure_roles_exist, dispatch_uid="pregon.accounts.roles")
