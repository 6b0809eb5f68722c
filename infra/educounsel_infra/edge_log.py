"""Who came by the edge, and never what they looked for: a search is in the address of a page, and
of what the page then asks for.

CloudFront takes the order in us-east-1 only, where its distribution is not known before the stack
in Jakarta has made it: until then, and without its name, nothing is written.
"""

from aws_cdk import Aws
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from .given import is_given

FIELDS = [  # neither cs-uri-query nor cs(Referer), which repeats it, nor cs(Cookie)
    *("date", "time", "x-edge-location", "c-ip", "x-forwarded-for", "cs-method"),
    *("x-host-header", "cs-uri-stem", "cs-protocol", "cs-protocol-version", "cs(User-Agent)"),
    *("sc-status", "sc-bytes", "cs-bytes", "sc-content-type", "time-taken", "time-to-first-byte"),
    *("x-edge-result-type", "x-edge-detailed-result-type", "x-edge-request-id"),
    *("ssl-protocol", "ssl-cipher"),
]


def log_without_questions(scope: Construct, *, distribution: str, bucket: s3.IBucket) -> None:
    known = is_given(scope, "EdgeIsKnown", distribution)
    source = logs.CfnDeliverySource(
        scope,
        "EdgeLogSource",
        name="educounsel-edge",
        log_type="ACCESS_LOGS",
        resource_arn=(
            f"arn:{Aws.PARTITION}:cloudfront::{Aws.ACCOUNT_ID}:distribution/{distribution}"
        ),
    )
    destination = logs.CfnDeliveryDestination(
        scope,
        "EdgeLogDestination",
        name="educounsel-edge",
        destination_resource_arn=bucket.bucket_arn,
        output_format="w3c",
    )
    delivery = logs.CfnDelivery(
        scope,
        "EdgeLogDelivery",
        delivery_source_name=source.name,
        delivery_destination_arn=destination.attr_arn,
        record_fields=FIELDS,
    )
    delivery.node.add_dependency(source, bucket)  # whose policy lets AWS deliver
    for made in (source, destination, delivery):
        made.cfn_options.condition = known
