"""What can go wrong with the office and its people.

AccountsError
├── BadAddress
├── WeakPassword
└── HeadExists
"""

from pregon.core.errors import PregonError


class AccountsError(PregonError):
    """No se pudo cambiar la oficina."""


class BadAddress(AccountsError):
    """El correo electrónico no está bien escrito."""


class WeakPassword(AccountsError):
    """La contraseña es demasiado débil."""


class HeadExists(AccountsError):
    """Esta oficina ya tiene titular: entra al escritorio con ese correo, o pide que te den de alta."""
