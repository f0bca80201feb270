"""Correo: bulletins by e-mail, in text and HTML, with one-click unsubscription."""
