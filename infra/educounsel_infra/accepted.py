"""What cdk-nag finds and we leave so, each with its reason. What is not here fails the synthesis.

A finding is named exactly, and accepted in one place: the same one elsewhere is still an error.
"""

from aws_cdk import Acknowledgment, Stack, Validations
from constructs import IConstruct

OF_AWS = "Policy::arn:<AWS::Partition>:iam::aws:policy"
MONITORING = "The one policy that enhanced monitoring knows; RDS alone takes the role on."
PORT = "The port is in no secret's place: the group of the data lets only our machines in."
SSM = "AWS keeps it to what Session Manager needs; there is no narrower way to a shell without SSH."
BACKUP = "AWS Backup's own policies, assumed by AWS Backup alone; they follow what it learns to do."
NO_NEWS = "That a machine comes or goes is no news; an alarm calls where too few are there."
BY_HAND = "A new one has to reach CloudFront and every machine together: docs/aws.md says how."

ACCEPTED: dict[str, dict[str, str]] = {
    "educounsel-edge/EdgeLogs": {
        "S1": "It holds access logs itself; a log of the log would be written here again."
    },
    "educounsel/Credentials/Settings": {
        "SMG4": "COMPANION_KEYS open what is stored: they are changed by rotate_companion_keys."
    },
    "educounsel/Credentials/SigningKeyA": {"SMG4": BY_HAND},
    "educounsel/Credentials/SigningKeyB": {"SMG4": BY_HAND},
    "educounsel/Credentials/Origin": {"SMG4": BY_HAND},
    "educounsel/Credentials/Redis": {"SMG4": BY_HAND},
    "educounsel/Credentials/Cache": {"SMG4": BY_HAND},
    "educounsel/Data/Database/Postgres": {
        "RDS11": PORT,
        f"IAM4[{OF_AWS}/service-role/AmazonRDSEnhancedMonitoringRole]": MONITORING,
    },
    "educounsel/Data/Redis/Group": {"AEC5": PORT},
    "educounsel/Data/Cache/Group": {"AEC5": PORT},
    "educounsel/Data/Backup/Role": {
        f"IAM4[{OF_AWS}/{name}]": BACKUP
        for name in (
            "service-role/AWSBackupServiceRolePolicyForBackup",
            "service-role/AWSBackupServiceRolePolicyForRestores",
            "AWSBackupServiceRolePolicyForS3Backup",
            "AWSBackupServiceRolePolicyForS3Restore",
        )
    },
    "educounsel/Balancer/Alb": {
        "ELB2": "Its log would keep what a student looked for, which is in the address of a page;"
        " the edge's log (edge_log.py) says who came, and the program's what was answered."
    },
    "educounsel/Edge/Distribution": {
        "CFR3": "It has one, of the newer kind, which leaves out what was asked: edge_log.py.",
        "CFR1": "A student on a journey, or one behind a foreign relay, may need help there too.",
    },
    **{
        f"educounsel/Fleets/{name}/Group/ASG": {"AS3": NO_NEWS}
        for name in ("Web", "Sockets", "Workers")
    },
    "educounsel/MachineRole": {
        f"IAM4[{OF_AWS}/AmazonSSMManagedInstanceCore]": SSM,
        "IAM5[Resource::<StorageReleases6BB98AF1.Arn>/*]": "A bucket of nothing but releases.",
        "IAM5[Resource::<StorageFiles48C02C92.Arn>/media/*]": "No upload has its name yet.",
        "IAM5[Resource::*]": "PutMetricData and DescribeTargetHealth know no resource.",
    },
}


def accept(*stacks: Stack) -> None:
    for path, findings in ACCEPTED.items():
        for finding, reason in findings.items():
            Validations.of(_at(path, stacks)).acknowledge(
                Acknowledgment(id=f"AwsSolutions::AwsSolutions-{finding}", reason=reason)
            )


def _at(path: str, stacks: tuple[Stack, ...]) -> IConstruct:
    stack, *names = path.split("/")
    found: IConstruct = next(each for each in stacks if each.node.id == stack)
    for name in names:
        found = found.node.find_child(name)
    return found
