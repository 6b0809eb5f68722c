"""What a deployment is told, and what it tells: parameters, so that one template serves every
school, and outputs."""

from typing import NamedTuple

from aws_cdk import CfnOutput, CfnParameter, Stack


class Asked(NamedTuple):
    words: str
    pattern: str
    default: str | None = None


# The first deployment makes the place for releases, so there is none yet: machines start empty.
NO_RELEASE = "0" * 64
NAME = Asked("the name that people type, such as bk.sekolah.sch.id", r"[a-z0-9-]+(\.[a-z0-9-]+)+")
MAIL = Asked("whom alarms call", r"[^@\s]+@[^@\s]+")
PUBLIC_KEY = Asked(
    "public key (PEM) that links to files are checked with; empty: the slot is free",
    r"(-----BEGIN PUBLIC KEY-----[\s\S]+)?",
    "",
)
VERSION = Asked(
    "version of the secret that is told; empty: the one that stands when the stack is made",
    "([0-9a-f-]{36})?",
    "",
)
MADE = "an output of the stack in us-east-1"

THERE = {
    "Domain": NAME,
    "OperatorMail": MAIL,
    "Distribution": Asked(
        "an output of the stack in Jakarta; empty: the edge keeps no log", "(E[A-Z0-9]+)?", ""
    ),
}
HERE = {
    "Domain": NAME,
    "OperatorMail": MAIL,
    "Release": Asked(
        "SHA-256 of the release to run, as deploy/release.py says", "[0-9a-f]{64}", NO_RELEASE
    ),
    "EdgeAddresses": Asked(
        "this region's prefix list com.amazonaws.global.cloudfront.origin-facing", "pl-[0-9a-f]+"
    ),
    "PublicKeyA": PUBLIC_KEY,
    "PublicKeyB": PUBLIC_KEY,
    "RedisVersion": VERSION,
    "CacheVersion": VERSION,
    "OriginVersion": VERSION,
    "OriginBefore": Asked(
        "version that the balancer takes too, while the edge changes; empty: no other",
        VERSION.pattern,
        "",
    ),
    "DatabaseLogin": Asked(
        "ARN of the secret of a restored database; empty: the one that RDS made with the stack",
        "(arn:aws:secretsmanager:.+)?",
        "",
    ),
    "SigningSlot": Asked("the slot whose private key signs links", "A|B", "A"),
    "Zone": Asked(MADE, "Z[A-Z0-9]+"),
    "Certificate": Asked(MADE, "arn:aws:acm:us-east-1:[0-9]{12}:certificate/.+"),
    "Firewall": Asked(MADE, "arn:aws:wafv2:us-east-1:[0-9]{12}:global/webacl/.+"),
}


def asked_for(stack: Stack, asked: dict[str, Asked]) -> dict[str, str]:
    """A reference to each, by its name."""
    return {
        name: CfnParameter(
            stack, name, description=each.words, allowed_pattern=each.pattern, default=each.default
        ).value_as_string
        for name, each in asked.items()
    }


def tell(stack: Stack, **made: str) -> None:
    """To whoever deploys: `ZoneMade`, and so on."""
    for name, value in made.items():
        CfnOutput(stack, f"{name}Output", value=value).override_logical_id(f"{name}Made")
