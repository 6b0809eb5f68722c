"""CloudFront: one name for pages, sockets, static files and what schools uploaded."""

from aws_cdk import Duration
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from constructs import Construct

from .caching import media_cache, while_nobody_answers
from .headers import headers_of_files, headers_of_media, headers_of_pages
from .origin import ORIGIN_HEADER, OriginHeader

TO_HTTPS = cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS


class Edge(Construct):
    def __init__(
        self,
        scope: Construct,
        *,
        domain: str,
        origin_name: str,
        header: OriginHeader,
        files: s3.IBucket,
        certificate: acm.ICertificate,
        firewall: str,
        signers: cloudfront.IKeyGroup,
    ) -> None:
        super().__init__(scope, "Edge")
        self._signers = signers
        bucket = origins.S3BucketOrigin.with_origin_access_control(files)
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment="EduCounsel",
            domain_names=[domain],
            certificate=certificate,
            web_acl_id=firewall,
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            price_class=cloudfront.PriceClass.PRICE_CLASS_200,  # 100 leaves Indonesia out
            error_responses=while_nobody_answers(),
            default_behavior=self._pages(origin_name, header),
            additional_behaviors={
                "/static/*": self._static(bucket),
                "/media/*": self._media(bucket),
            },
        )

    def _pages(self, origin_name: str, header: OriginHeader) -> cloudfront.BehaviorOptions:
        """Everything as the browser sent it, and nothing kept: pages are a person's, and a socket
        is opened only with all its headers."""
        balancer = origins.HttpOrigin(
            origin_name,
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
            origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
            custom_headers={ORIGIN_HEADER: header.shown},
            read_timeout=Duration.seconds(60),
            keepalive_timeout=Duration.seconds(60),
        )
        return cloudfront.BehaviorOptions(
            origin=balancer,
            viewer_protocol_policy=TO_HTTPS,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
            cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
            origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER,
            response_headers_policy=headers_of_pages(self),
        )

    def _static(self, bucket: cloudfront.IOrigin) -> cloudfront.BehaviorOptions:
        """Names with a hash, put there by each release, so that a page of the release before
        still finds its own."""
        return cloudfront.BehaviorOptions(
            origin=bucket,
            viewer_protocol_policy=TO_HTTPS,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD,
            cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
            response_headers_policy=headers_of_files(self),
            compress=True,
        )

    def _media(self, bucket: cloudfront.IOrigin) -> cloudfront.BehaviorOptions:
        """Only with the application's signature, which CloudFront checks on every request."""
        return cloudfront.BehaviorOptions(
            origin=bucket,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD,
            trusted_key_groups=[self._signers],
            cache_policy=media_cache(self),
            response_headers_policy=headers_of_media(self),
            compress=False,  # pictures and PDFs are compressed already
        )
