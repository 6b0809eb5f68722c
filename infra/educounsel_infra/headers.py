"""What the edge adds to answers. The application's own headers win where it sends them."""

from aws_cdk import Duration
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

YEAR = Duration.days(365)
# Whatever an uploaded file holds, it runs nothing if somebody opens it as a page.
HARMLESS = "default-src 'none'; sandbox"


def headers_of_pages(scope: Construct) -> cloudfront.ResponseHeadersPolicy:
    """Also for what the application never sees: the edge's own errors and refusals."""
    return cloudfront.ResponseHeadersPolicy(
        scope, "PageHeaders", comment="pages", security_headers_behavior=_security(override=False)
    )


def headers_of_files(scope: Construct) -> cloudfront.ResponseHeadersPolicy:
    return cloudfront.ResponseHeadersPolicy(
        scope,
        "StaticHeaders",
        comment="static files",
        security_headers_behavior=_security(override=True),
        custom_headers_behavior=_custom({"Cross-Origin-Resource-Policy": "same-origin"}),
    )


def headers_of_media(scope: Construct) -> cloudfront.ResponseHeadersPolicy:
    """As the application serves files itself (educounsel/web/serving.py)."""
    return cloudfront.ResponseHeadersPolicy(
        scope,
        "MediaHeaders",
        comment="what schools uploaded",
        security_headers_behavior=_security(override=True, content=HARMLESS),
        custom_headers_behavior=_custom(
            {
                "Cross-Origin-Resource-Policy": "same-origin",
                "Cache-Control": "private, max-age=300",
            }
        ),
    )


def _security(
    *, override: bool, content: str | None = None
) -> cloudfront.ResponseSecurityHeadersBehavior:
    return cloudfront.ResponseSecurityHeadersBehavior(
        strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
            access_control_max_age=YEAR, include_subdomains=True, preload=True, override=override
        ),
        content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=override),
        frame_options=cloudfront.ResponseHeadersFrameOptions(
            frame_option=cloudfront.HeadersFrameOption.DENY, override=override
        ),
        referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
            referrer_policy=cloudfront.HeadersReferrerPolicy.SAME_ORIGIN, override=override
        ),
        content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
            content_security_policy=content, override=override
        )
        if content
        else None,
    )


def _custom(headers: dict[str, str]) -> cloudfront.ResponseCustomHeadersBehavior:
    return cloudfront.ResponseCustomHeadersBehavior(
        custom_headers=[
            cloudfront.ResponseCustomHeader(header=name, value=value, override=True)
            for name, value in headers.items()
        ]
    )
