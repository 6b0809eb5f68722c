"""Where data are kept beside the buckets: PostgreSQL, two Valkeys, and copies of it all."""

from collections.abc import Mapping

from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from .backup import Backup
from .config import Size
from .credentials import Credentials, version_of
from .database import Database
from .network import Network
from .valkey import Valkey


class Data(Construct):
    def __init__(
        self,
        scope: Construct,
        *,
        size: Size,
        asked: Mapping[str, str],
        network: Network,
        credentials: Credentials,
        files: s3.IBucket,
        key: kms.IKey,
        operator: sns.ITopic,
    ) -> None:
        super().__init__(scope, "Data")
        self.database = Database(
            self, size=size, network=network, key=key, restored=asked["DatabaseLogin"]
        )
        self.redis = Valkey(
            self,
            "Redis",
            node=size.redis,
            when_full="noeviction",
            password=version_of(credentials.redis, asked["RedisVersion"]),
            network=network,
            key=key,
        )
        self.cache = Valkey(
            self,
            "Cache",
            node=size.cache,
            when_full="allkeys-lru",
            password=version_of(credentials.cache, asked["CacheVersion"]),
            network=network,
            key=key,
        )
        Backup(self, database=self.database.instance, files=files, key=key, operator=operator)
