import re
from typing import Any

from tests.reading import Templates, named, the, words_of

KEPT = (
    "RDS::DBInstance",
    "S3::Bucket",
    "KMS::Key",
    "SecretsManager::Secret",
    "Backup::BackupVault",
    "Logs::LogGroup",
    "Route53::HostedZone",
)


def test_the_database_stands_in_two_zones_out_of_reach(templates: Templates) -> None:
    database = templates.one("RDS::DBInstance")
    assert database["MultiAZ"] is True
    assert database["PubliclyAccessible"] is False
    assert database["Engine"] == "postgres"
    assert int(database["EngineVersion"].partition(".")[0]) >= 15


def test_machines_ask_for_the_password_of_a_restored_database(templates: Templates) -> None:
    """It has a secret of its own: who goes on asking for the first one is shut out."""
    database = the(set(templates.resources("RDS::DBInstance")))
    own = {"Fn::GetAtt": [database, "MasterUserSecret.SecretArn"]}
    asked = {"Fn::If": ["DataDatabaseRestored", {"Ref": "DatabaseLogin"}, own]}
    told = [each["LaunchTemplateData"]["UserData"] for each in templates.all("EC2::LaunchTemplate")]
    reading = next(
        statement["Resource"]
        for statement in templates.statements()
        if statement["Action"] == "secretsmanager:GetSecretValue"
    )
    assert without_hash(reading[-1]) == asked
    assert [asked in map(without_hash, words["Fn::Base64"]["Fn::Join"][1]) for words in told] == [
        True
    ] * len(told)


def without_hash(value: Any) -> Any:
    """The name of a condition ends with one."""
    if not isinstance(value, dict) or "Fn::If" not in value:
        return value
    condition, *ways = value["Fn::If"]
    return {"Fn::If": [condition[:-8], *ways]}


def test_the_database_is_sealed_copied_and_hard_to_delete(templates: Templates) -> None:
    database = templates.one("RDS::DBInstance")
    assert database["StorageEncrypted"] is True
    assert named(database["KmsKeyId"]) <= set(templates.resources("KMS::Key"))
    assert database["DeletionProtection"] is True
    assert database["BackupRetentionPeriod"] >= 14
    assert database["CopyTagsToSnapshot"] is True


def test_its_password_is_kept_by_aws(templates: Templates) -> None:
    database = templates.one("RDS::DBInstance")
    assert database["ManageMasterUserPassword"] is True
    assert "MasterUserPassword" not in database


def test_it_takes_no_connection_in_the_clear_and_logs_no_words(templates: Templates) -> None:
    parameters = templates.one("RDS::DBParameterGroup")["Parameters"]
    assert parameters["rds.force_ssl"] == "1"
    assert parameters["log_statement"] == "none"
    assert parameters["log_min_duration_statement"] == "-1"
    assert parameters["log_min_error_statement"] == "panic"


def valkeys(templates: Templates) -> dict[str, dict[str, Any]]:
    """By what they do when memory is full."""
    policies = {
        name: resource["Properties"]["Properties"]["maxmemory-policy"]
        for name, resource in templates.resources("ElastiCache::ParameterGroup").items()
    }
    return {
        policies[the(named(group["CacheParameterGroupName"]))]: group
        for group in templates.all("ElastiCache::ReplicationGroup")
    }


def test_what_must_stay_and_what_may_go_are_apart(templates: Templates) -> None:
    assert sorted(valkeys(templates)) == ["allkeys-lru", "noeviction"]


def test_valkey_is_told_a_new_password_before_machines_are(templates: Templates) -> None:
    """The version changes the reference: else CloudFormation would not look at the secret again.
    Machines ask for the current one, which an operator moves after the deployment."""
    versions = {
        reference["Ref"]
        for group in templates.all("ElastiCache::ReplicationGroup")
        for reference in group["AuthToken"]["Fn::Join"][1]
        if isinstance(reference, dict) and reference["Ref"] in templates.here["Parameters"]
    }
    assert versions == {"RedisVersion", "CacheVersion"}
    assert {templates.here["Parameters"][name]["Default"] for name in versions} == {""}
    assert not versions & named(templates.all("EC2::LaunchTemplate"))


def test_valkey_fails_over_between_zones(templates: Templates) -> None:
    for group in valkeys(templates).values():
        assert group["AutomaticFailoverEnabled"] is True
        assert group["MultiAZEnabled"] is True
        assert group["NumCacheClusters"] >= 2
        assert "NumNodeGroups" not in group  # one Redis, no cluster: all pub/sub meets in it
        assert group["SnapshotRetentionLimit"] >= 7


def test_valkey_speaks_tls_with_whom_it_knows_and_is_sealed(templates: Templates) -> None:
    for group in valkeys(templates).values():
        assert group["TransitEncryptionEnabled"] is True
        assert group["TransitEncryptionMode"] == "required"
        assert group["AtRestEncryptionEnabled"] is True
        assert "{{resolve:secretsmanager:" in words_of(group["AuthToken"])


def test_no_bucket_is_public(templates: Templates) -> None:
    for bucket in templates.all("S3::Bucket"):
        assert bucket["PublicAccessBlockConfiguration"] == {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        }
        assert "AccessControl" not in bucket


def test_no_policy_lets_everybody_in(templates: Templates) -> None:
    for policy in templates.all("S3::BucketPolicy"):
        for statement in policy["PolicyDocument"]["Statement"]:
            assert statement["Effect"] == "Deny" or "*" not in words_of(statement["Principal"])


def test_buckets_are_sealed_and_take_no_plain_connection(templates: Templates) -> None:
    for bucket in templates.all("S3::Bucket"):
        assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    refusing = {
        the(named(policy["Bucket"]))
        for policy in templates.all("S3::BucketPolicy")
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
    }
    assert refusing == set(templates.resources("S3::Bucket"))


def test_files_and_releases_keep_what_was_overwritten(templates: Templates) -> None:
    versioned = {
        name
        for name, bucket in templates.resources("S3::Bucket").items()
        if bucket["Properties"].get("VersioningConfiguration") == {"Status": "Enabled"}
    }
    assert versioned == {name for name in templates.resources("S3::Bucket") if "Logs" not in name}


def test_data_outlive_the_stack(templates: Templates) -> None:
    for kind in KEPT:
        for name, resource in templates.resources(kind).items():
            ends = (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy"))
            assert (name, *ends) == (name, "Retain", "Retain")


def test_keys_turn(templates: Templates) -> None:
    assert all(key["EnableKeyRotation"] is True for key in templates.all("KMS::Key"))


def test_secrets_are_made_or_put_in_but_never_written_here(templates: Templates) -> None:
    for secret in templates.all("SecretsManager::Secret"):
        assert "SecretString" not in secret
        assert named(secret["KmsKeyId"]) <= set(templates.resources("KMS::Key"))


def test_every_log_ends(templates: Templates) -> None:
    assert all(0 < group["RetentionInDays"] <= 365 for group in templates.all("Logs::LogGroup"))


def test_logs_are_sealed(templates: Templates) -> None:
    keys = set(templates.resources("KMS::Key"))
    assert all(named(group["KmsKeyId"]) <= keys for group in templates.all("Logs::LogGroup"))


def test_copies_are_kept_in_a_vault_that_nobody_empties(templates: Templates) -> None:
    vault = templates.one("Backup::BackupVault")
    assert vault["LockConfiguration"]["MinRetentionDays"] >= 7
    rules = templates.one("Backup::BackupPlan")["BackupPlan"]["BackupPlanRule"]
    assert sorted(rule["Lifecycle"]["DeleteAfterDays"] for rule in rules) == [35, 365]
    copied = named(templates.one("Backup::BackupSelection")["BackupSelection"]["Resources"])
    assert {name.removesuffix(name[-8:]) for name in copied if not name.startswith("AWS::")} == {
        "DataDatabasePostgres",
        "StorageFiles",
    }


def test_copies_are_not_begun_while_the_database_is_busy_with_itself(
    templates: Templates,
) -> None:
    """AWS Backup starts none in its windows for copies and repairs, nor in the hour before them."""
    database = templates.one("RDS::DBInstance")
    windows = [database["PreferredBackupWindow"], database["PreferredMaintenanceWindow"]]
    hours = [re.findall(r"(\d\d):(\d\d)", window) for window in windows]
    rules = templates.one("Backup::BackupPlan")["BackupPlan"]["BackupPlanRule"]
    for rule in rules:
        minute, hour = map(int, re.findall(r"\d+", rule["ScheduleExpression"])[:2])
        first, last = hour * 60 + minute, hour * 60 + minute + rule["StartWindowMinutes"]
        for (from_hour, from_minute), (to_hour, to_minute) in hours:
            begins, ends = (
                int(from_hour) * 60 + int(from_minute),
                int(to_hour) * 60 + int(to_minute),
            )
            assert last <= begins - 60 or first >= ends
