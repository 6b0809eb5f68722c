from django.contrib.auth.hashers import Argon2PasswordHasher


class SchoolArgon2(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes and one lane: what the OWASP Password Storage Cheat Sheet
    asks for. Django's own 100 MiB would be 800 MiB while eight students sign in at seven o'clock.
    """

    memory_cost = 19 * 1024
    time_cost = 2
    parallelism = 1
