"""What a machine is made of: nobody logs in by SSH, nothing is patched in place. A release, or a
newer system, is a new machine (user_data.sh)."""

from pathlib import Path

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

SCRIPT = (Path(__file__).parent / "user_data.sh").read_text()


def launch_template(
    scope: Construct,
    *,
    machine: str,
    group: ec2.ISecurityGroup,
    role: iam.IRole,
    user_data: ec2.UserData,
) -> ec2.LaunchTemplate:
    return ec2.LaunchTemplate(
        scope,
        "Template",
        instance_type=ec2.InstanceType(machine),
        machine_image=ec2.MachineImage.latest_amazon_linux2023(
            cpu_type=ec2.AmazonLinuxCpuType.ARM_64
        ),
        role=role,
        security_group=group,
        user_data=user_data,
        associate_public_ip_address=False,
        # Credentials only for who can send a PUT from the machine itself: no proxy, no container.
        require_imdsv2=True,
        http_put_response_hop_limit=1,
        detailed_monitoring=True,
        block_devices=[
            ec2.BlockDevice(
                device_name="/dev/xvda",
                volume=ec2.BlockDeviceVolume.ebs(
                    20, encrypted=True, volume_type=ec2.EbsDeviceVolumeType.GP3
                ),
            )
        ],
    )
