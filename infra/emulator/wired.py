"""What the services themselves say was made, against the map of the product."""

from emulator.deploying import ASKED, Cloud


def what_is_wired_wrong(cloud: Cloud) -> list[str]:
    parts = (_edge, _balancer, _groups, _database, _valkey, _buckets)
    return [f"{part.__name__[1:]} is not what the map says" for part in parts if not part(cloud)]


def _edge(cloud: Cloud) -> bool:
    (edge,) = cloud.client("cloudfront").list_distributions()["DistributionList"]["Items"]
    paths = {each["PathPattern"] for each in edge["CacheBehaviors"]["Items"]}
    return paths == {"/static/*", "/media/*"} and edge["Aliases"]["Items"] == [ASKED["Domain"]]


def _balancer(cloud: Cloud) -> bool:
    """Closed by default, and open by two rules: sockets, and all the rest."""
    service = cloud.client("elbv2")
    (balancer,) = service.describe_load_balancers()["LoadBalancers"]
    found = service.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])
    (listener,) = found["Listeners"]
    rules = service.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
    kinds = sorted(rule["Actions"][0]["Type"] for rule in rules)
    return listener["Port"] == 443 and kinds == ["fixed-response", "forward", "forward"]


def _groups(cloud: Cloud) -> bool:
    groups = cloud.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    return [(group["MinSize"], group["MaxSize"]) for group in groups] == [(2, 4)] * 3


def _database(cloud: Cloud) -> bool:
    (database,) = cloud.client("rds").describe_db_instances()["DBInstances"]
    return bool(database["MultiAZ"] and database["StorageEncrypted"])


def _valkey(cloud: Cloud) -> bool:
    groups = cloud.client("elasticache").describe_replication_groups()["ReplicationGroups"]
    return [group["TransitEncryptionEnabled"] for group in groups] == [True, True]


def _buckets(cloud: Cloud) -> bool:
    """A file that the program would put can be read back from the bucket that the stack made."""
    named = [bucket["Name"] for bucket in cloud.client("s3").list_buckets()["Buckets"]]
    (files,) = [name for name in named if "storagefiles" in name]
    return _keeps(cloud, files)


def _keeps(cloud: Cloud, bucket: str) -> bool:
    s3 = cloud.client("s3")
    s3.put_object(Bucket=bucket, Key="media/a", Body=b"materi")
    kept = s3.get_object(Bucket=bucket, Key="media/a")["Body"].read()
    versions = s3.get_bucket_versioning(Bucket=bucket).get("Status")
    return (kept, versions) == (b"materi", "Enabled")
