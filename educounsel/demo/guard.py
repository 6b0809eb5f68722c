from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from educounsel.accounts.models import User


def refuse_demo_accounts() -> None:
    """Everybody who has seen a demo knows such an account: production starts with none unawares.

    Raises ImproperlyConfigured.
    """
    if settings.PRODUCTION and not settings.DEMO and User.objects.filter(is_demo=True).exists():
        raise ImproperlyConfigured(
            "This database holds demo accounts, and EduCounsel does not serve them in production. "
            "Start with an empty database; for a rehearsal without a real student set "
            "EDUCOUNSEL_DEMO=1."
        )
