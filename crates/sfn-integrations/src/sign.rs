//! AWS Signature Version 4 for requests to AWS services.

use std::time::SystemTime;

use aws_credential_types::Credentials as Identity;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningError, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;

use crate::Credentials;

/// Why a request could not be signed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SignError {
    #[error(transparent)]
    Parameters(#[from] v4::signing_params::BuildError),
    #[error(transparent)]
    Request(#[from] SigningError),
}

/// Adds date, checksum and signature to a request with this body. `service` is
/// the name that the service has in signatures.
pub(crate) fn signed(
    request: &mut Request<Full<Bytes>>,
    body: &[u8],
    credentials: &Credentials,
    (service, region): (&str, &str),
    now: SystemTime,
) -> Result<(), SignError> {
    let identity = Identity::new(
        &credentials.access_key_id,
        &credentials.secret_access_key,
        credentials.session_token.clone(),
        None,
        "configuration",
    )
    .into();
    // S3 wants paths as they are sent. S3 user guide, *Signature Version 4*. The
    // other services that are called have no path but that of their endpoint.
    let mut settings = SigningSettings::default();
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(service)
        .time(now)
        .settings(settings)
        .build()?
        .into();
    let uri = request.uri().to_string();
    let signable =
        SignableRequest::new(request.method().as_str(), uri, std::iter::empty(), SignableBody::Bytes(body))?;
    let (instructions, _signature) = sign(signable, &parameters)?.into_parts();
    instructions.apply_to_request_http1x(request);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// The example of the S3 API reference, *Signature calculations*: GET bucket
    /// lifecycle, whose values are published with the result.
    #[test]
    fn the_published_example() {
        let credentials = Credentials {
            access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
            session_token: None,
        };
        let uri = "https://examplebucket.s3.amazonaws.com/?lifecycle=";
        let mut request = Request::get(uri).body(Full::default()).unwrap();
        // 20130524T000000Z
        let now = SystemTime::UNIX_EPOCH + Duration::from_hours(380_376);
        signed(&mut request, b"", &credentials, ("s3", "us-east-1"), now).unwrap();
        let headers = request.headers();
        assert_eq!(headers["x-amz-date"], "20130524T000000Z");
        let authorization = headers["authorization"].to_str().unwrap();
        let want = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, \
            SignedHeaders=host;x-amz-content-sha256;x-amz-date, \
            Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543";
        assert_eq!(authorization, want);
    }

    #[test]
    fn a_session_token_is_sent() {
        let credentials = Credentials {
            access_key_id: "A".to_owned(),
            secret_access_key: "S".to_owned(),
            session_token: Some("T".to_owned()),
        };
        let mut request = Request::get("http://h/b/k").body(Full::default()).unwrap();
        signed(&mut request, b"", &credentials, ("s3", "us-east-1"), SystemTime::UNIX_EPOCH).unwrap();
        assert_eq!(request.headers()["x-amz-security-token"], "T");
    }
}
