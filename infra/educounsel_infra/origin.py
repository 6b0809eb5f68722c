"""The header by which the balancer knows CloudFront, and how it changes while pages are served."""

from collections.abc import Mapping

from aws_cdk import Aws
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from .credentials import version_of
from .given import either, is_given

ORIGIN_HEADER = "X-Origin-Secret"


class OriginHeader(Construct):
    """CloudFront shows one value. The balancer takes it, and beside it the one before for as long
    as places of the edge still show that."""

    def __init__(
        self, scope: Construct, *, asked: Mapping[str, str], secret: secretsmanager.ISecret
    ) -> None:
        super().__init__(scope, "OriginHeader")
        self.shown = version_of(secret, asked["OriginVersion"])
        changes = is_given(self, "Changes", asked["OriginBefore"])
        before = version_of(secret, asked["OriginBefore"])
        self.taken = [self.shown, either(changes, before, Aws.NO_VALUE)]
