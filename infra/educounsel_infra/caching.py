"""What the edge keeps, and what it says itself."""

from aws_cdk import Duration
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

AWAY = "/static/away.html"  # made by deploy/release.py


def media_cache(scope: Construct) -> cloudfront.CachePolicy:
    """One copy for everybody whom the application let in: the signature is no part of its key.
    What a download is called is, and S3 has to hear it."""
    return cloudfront.CachePolicy(
        scope,
        "MediaCache",
        comment="uploads never change under their name",
        query_string_behavior=cloudfront.CacheQueryStringBehavior.allow_list(
            "response-content-disposition"
        ),
        header_behavior=cloudfront.CacheHeaderBehavior.none(),
        cookie_behavior=cloudfront.CacheCookieBehavior.none(),
        default_ttl=Duration.days(30),
        max_ttl=Duration.days(365),
        min_ttl=Duration.seconds(0),
    )


def while_nobody_answers() -> list[cloudfront.ErrorResponse]:
    """Our own words and the numbers that help, out of the bucket, and asked again at once. A 503
    is the application's own page."""
    return [
        cloudfront.ErrorResponse(
            http_status=status,
            response_http_status=503,
            response_page_path=AWAY,
            ttl=Duration.seconds(0),
        )
        for status in (502, 504)
    ]
