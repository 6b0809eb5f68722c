"""What nobody may read: made by AWS, or put in by the operator. None of it is in a template."""

from aws_cdk import RemovalPolicy, SecretValue, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from .asked import tell

SLOTS = ("A", "B")  # of the keys that sign links: one signs, the other is free or on its way


class Credentials(Construct):
    def __init__(self, scope: Construct, key: kms.IKey) -> None:
        super().__init__(scope, "Credentials")
        self._key = key
        # SECRET_KEY is made here; the operator adds the other settings that are secret
        # (COMPANION_KEYS, OPENAI_API_KEY, WEB_PUSH_PRIVATE_KEY ...): docs/aws.md.
        self.settings = self._secret("Settings", "settings of EduCounsel that are secret", "{}")
        self.signing_keys = {
            slot: self._secret(f"SigningKey{slot}", "private key (PEM) of CloudFront's links")
            for slot in SLOTS
        }
        self.origin = self._secret("Origin", "header by which the balancer knows CloudFront")
        self.redis = self._secret("Redis", "password of the Valkey that keeps")
        self.cache = self._secret("Cache", "password of the Valkey that forgets")
        tell(  # where the operator puts what only an operator has
            Stack.of(self),
            Settings=self.settings.secret_arn,
            Origin=self.origin.secret_arn,
            Redis=self.redis.secret_arn,
            Cache=self.cache.secret_arn,
            **{f"SigningKey{slot}": key.secret_arn for slot, key in self.signing_keys.items()},
        )

    def _secret(
        self, name: str, description: str, template: str | None = None
    ) -> secretsmanager.Secret:
        return secretsmanager.Secret(
            self,
            name,
            description=description,
            encryption_key=self._key,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                exclude_punctuation=True,
                password_length=64,
                secret_string_template=template,
                generate_string_key="SECRET_KEY" if template else None,
            ),
            removal_policy=RemovalPolicy.RETAIN,
        )


def version_of(secret: secretsmanager.ISecret, version: str) -> str:
    """A reference, which AWS resolves: to this version, or without one to the current.
    CloudFormation looks again only when the words of a reference change."""
    return SecretValue.secrets_manager(secret.secret_arn, version_id=version).unsafe_unwrap()
