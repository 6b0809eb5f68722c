"""What a machine is told at its start: names and addresses, no secret. What is secret it asks
Secrets Manager for (deploy/aws/environment.py)."""

from collections.abc import Mapping

from aws_cdk import Stack

from .config import OUR_ADDRESSES
from .credentials import Credentials
from .data import Data
from .signers import Signers
from .storage import Storage


def told_to_machines(
    stack: Stack,
    *,
    asked: Mapping[str, str],
    storage: Storage,
    credentials: Credentials,
    data: Data,
    signers: Signers,
) -> dict[str, str]:
    return {
        "AWS_REGION": stack.region,
        "STACK": stack.stack_name,
        "RELEASE": asked["Release"],
        "RELEASES": storage.releases.bucket_name,
        "FILES": storage.files.bucket_name,
        "DOMAIN": asked["Domain"],
        "OUR_ADDRESSES": OUR_ADDRESSES,
        "EDGE_ADDRESSES": asked["EdgeAddresses"],
        "SIGNING_KEY_ID": signers.key_id,
        "SIGNING_KEY": signers.secret_arn,
        "SETTINGS": credentials.settings.secret_arn,
        "DATABASE": data.database.secret_arn,
        "DATABASE_HOST": data.database.instance.db_instance_endpoint_address,
        "REDIS": credentials.redis.secret_arn,
        "REDIS_HOST": data.redis.address,
        "CACHE": credentials.cache.secret_arn,
        "CACHE_HOST": data.cache.address,
    }
