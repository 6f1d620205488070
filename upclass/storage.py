"""The one place that calls S3: recordings are objects of one bucket."""

import os
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, EndpointResolutionError, ParamValidationError
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.http import content_disposition_header

TIMEOUT = 4.0  # seconds
NOT_THERE = ("404", "NoSuchKey", "NotFound")


class Unreachable(Exception):
    """The storage could not be reached."""


class Refused(Unreachable):
    """It answered, and will not."""


def _client(endpoint: str, timeout: float = TIMEOUT) -> Any:
    """Raises ImproperlyConfigured for what is no address."""
    try:
        return _client_of(os.getpid(), endpoint, timeout)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{endpoint!r} (S3_ENDPOINT_URL or S3_PUBLIC_URL) is no address such as https://s3.example.com."
        ) from error


@cache
def _client_of(pid: int, endpoint: str, timeout: float) -> Any:
    """A client of this process, for connections are not shared with forked children.

    It suits any server that speaks S3: the bucket in the path, no checksums that only Amazon's knows.
    """
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": "path"},
        connect_timeout=timeout,
        read_timeout=timeout,
        retries={"total_max_attempts": 1},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return boto3.session.Session().client(
        "s3",
        endpoint_url=endpoint,
        region_name=settings.S3_REGION,
        aws_access_key_id=settings.S3_ACCESS_KEY_ID,
        aws_secret_access_key=settings.S3_SECRET_ACCESS_KEY,
        config=config,
    )


def size_of(key: str) -> int | None:
    """The bytes of an object; None if there is none. Raises Unreachable."""
    try:
        return _head(_client(settings.S3_ENDPOINT_URL), key)
    except ParamValidationError:  # nothing can have this key
        return None
    except (BotoCoreError, ClientError) as error:
        raise _failure(error) from error


def _head(client: Any, key: str) -> int | None:
    try:
        answer = client.head_object(Bucket=settings.S3_BUCKET, Key=key)
    except ClientError as error:
        if _is_not_there(error):
            return None
        raise
    return int(answer["ContentLength"])


def link(key: str, file_name: str, seconds: int) -> str:
    """A signed address under which anybody may play an object, or save it under `file_name`, for a while."""
    facts = {
        "Bucket": settings.S3_BUCKET,
        "Key": key,
        "ResponseContentType": "video/mp4",
        "ResponseContentDisposition": content_disposition_header(False, file_name),
    }
    signer = _client(settings.S3_PUBLIC_URL)
    return str(signer.generate_presigned_url("get_object", Params=facts, ExpiresIn=seconds))


def require_bucket(timeout: float = TIMEOUT) -> None:
    """Raise ImproperlyConfigured if the bucket cannot be used, Unreachable if the storage cannot be asked."""
    bucket = f"The bucket {settings.S3_BUCKET!r} (S3_BUCKET) at {settings.S3_ENDPOINT_URL}"
    try:
        link("of nothing", "nothing", 60)
        client = _client(settings.S3_ENDPOINT_URL, timeout)
        client.head_bucket(Bucket=settings.S3_BUCKET)
        _head(client, "of nothing")
    except (ParamValidationError, EndpointResolutionError) as error:
        raise ImproperlyConfigured(f"{bucket} cannot be: check its name, and S3_PUBLIC_URL.") from error
    except (BotoCoreError, ClientError) as error:
        if _is_not_there(error):
            raise ImproperlyConfigured(
                f"{bucket} does not exist. Make it, or name another with S3_BUCKET."
            ) from error
        if _status(error) in (401, 403):
            raise ImproperlyConfigured(
                f"{bucket} may not be used with this key. Check S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY."
            ) from error
        raise _failure(error) from error


def is_reachable(timeout: float) -> bool:
    try:
        require_bucket(timeout)
    except (Unreachable, ImproperlyConfigured):
        return False
    return True


def _status(error: BotoCoreError | ClientError) -> int:
    answer = error.response if isinstance(error, ClientError) else {}
    return int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _is_not_there(error: BotoCoreError | ClientError) -> bool:
    return isinstance(error, ClientError) and str(error.response.get("Error", {}).get("Code")) in NOT_THERE


def _failure(error: BotoCoreError | ClientError) -> Unreachable:
    """Reported by its kind only: the texts of such errors name addresses."""
    if isinstance(error, ClientError):
        return Refused(f"the storage refused: {_status(error)}")
    return Unreachable(f"the storage did not answer: {type(error).__name__}")
