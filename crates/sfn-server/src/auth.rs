//! AWS Signature Version 4: reading the `Authorization` header and, where keys
//! are configured, checking the signature over the request.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use hyper::http::HeaderMap;
use hyper::http::request::Parts;
use sha2::{Digest as _, Sha256};

use crate::protocol::Refusal;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const DATE_FORMAT: &str = "%Y%m%dT%H%M%SZ";

/// How far a request's date may be from ours. Signature Version 4, *Request date*.
const SKEW_MAX: TimeDelta = TimeDelta::minutes(15);

/// A key pair that may sign requests.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// The public part, such as `AKIDEXAMPLE`.
    pub access_key_id: String,
    /// The secret part.
    pub secret_access_key: String,
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

/// Who may call: everybody, or who signs with one of the keys.
#[derive(Debug)]
pub(crate) struct Gate {
    secrets: BTreeMap<String, String>,
}

impl Gate {
    /// Without credentials every request passes, signed or not.
    pub(crate) fn new(credentials: &[Credential]) -> Self {
        let secrets =
            credentials.iter().map(|c| (c.access_key_id.clone(), c.secret_access_key.clone())).collect();
        Self { secrets }
    }

    /// Whether this request may pass at `now`.
    pub(crate) fn check(&self, head: &Parts, body: &[u8], now: DateTime<Utc>) -> Result<(), Refusal> {
        if self.secrets.is_empty() {
            return Ok(());
        }
        let header = text(&head.headers, "authorization").ok_or_else(missing)?;
        let authorization = Authorization::parse(header).ok_or_else(malformed)?;
        let secret = self.secrets.get(authorization.access_key_id).ok_or_else(unknown_key)?;
        let date = text(&head.headers, "x-amz-date")
            .filter(|date| date.starts_with(authorization.day))
            .ok_or_else(wrong_date)?;
        let signed_at = NaiveDateTime::parse_from_str(date, DATE_FORMAT).map_err(|_| wrong_date())?.and_utc();
        if (now - signed_at).abs() > SKEW_MAX {
            return Err(wrong_signature("Signature expired or not yet current."));
        }
        let to_sign = authorization.string_to_sign(head, body, date);
        if authorization.is_signature_of(&to_sign, secret) {
            Ok(())
        } else {
            Err(wrong_signature(
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
            ))
        }
    }
}

fn missing() -> Refusal {
    Refusal::forbidden("MissingAuthenticationTokenException", "Missing Authentication Token")
}

fn malformed() -> Refusal {
    Refusal::bad(
        "IncompleteSignatureException",
        "The Authorization header does not have the form of AWS Signature Version 4.",
    )
}

fn wrong_date() -> Refusal {
    Refusal::bad("IncompleteSignatureException", "Date must be in ISO-8601 'basic format'.")
}

fn unknown_key() -> Refusal {
    Refusal::forbidden(
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
    )
}

fn wrong_signature(message: &str) -> Refusal {
    Refusal::forbidden("InvalidSignatureException", message)
}

/// The `Authorization` header in parts.
#[derive(Debug, PartialEq, Eq)]
struct Authorization<'h> {
    access_key_id: &'h str,
    day: &'h str,
    region: &'h str,
    service: &'h str,
    signed_headers: &'h str,
    signature: Vec<u8>,
}

impl<'h> Authorization<'h> {
    fn parse(header: &'h str) -> Option<Self> {
        let fields = header.strip_prefix(ALGORITHM)?;
        let field = |name: &str| {
            fields.split(',').find_map(|field| field.trim().strip_prefix(name)?.strip_prefix('='))
        };
        // A key id may hold slashes, the scope after it may not.
        let mut credential = field("Credential")?.rsplitn(5, '/');
        let terminator = credential.next()?;
        let (service, region, day) = (credential.next()?, credential.next()?, credential.next()?);
        let access_key_id = credential.next()?;
        if terminator != "aws4_request" {
            return None;
        }
        Some(Self {
            access_key_id,
            day,
            region,
            service,
            signed_headers: field("SignedHeaders")?,
            signature: from_hex(field("Signature")?)?,
        })
    }

    fn string_to_sign(&self, head: &Parts, body: &[u8], date: &str) -> String {
        let (day, region, service) = (self.day, self.region, self.service);
        let canonical = to_hex(&Sha256::digest(self.canonical_request(head, body)));
        format!("{ALGORITHM}\n{date}\n{day}/{region}/{service}/aws4_request\n{canonical}")
    }

    fn canonical_request(&self, head: &Parts, body: &[u8]) -> String {
        let mut query: Vec<&str> =
            head.uri.query().unwrap_or("").split('&').filter(|q| !q.is_empty()).collect();
        query.sort_unstable();
        let mut text = format!("{}\n{}\n{}\n", head.method, head.uri.path(), query.join("&"));
        for name in self.signed_headers.split(';') {
            let values = head.headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
            let values: Vec<_> = values.map(|v| v.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
            let _infallible = writeln!(text, "{name}:{}", values.join(","));
        }
        let _infallible = write!(text, "\n{}\n{}", self.signed_headers, to_hex(&Sha256::digest(body)));
        text
    }

    fn is_signature_of(&self, to_sign: &str, secret: &str) -> bool {
        let mut key = format!("AWS4{secret}").into_bytes();
        for part in [self.day, self.region, self.service, "aws4_request"] {
            let Some(mac) = keyed(&key, part) else {
                return false;
            };
            key = mac.finalize().into_bytes().to_vec();
        }
        keyed(&key, to_sign).is_some_and(|mac| mac.verify_slice(&self.signature).is_ok())
    }
}

fn keyed(key: &[u8], text: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(text.as_bytes());
    Some(mac)
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

fn to_hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _infallible = write!(text, "{byte:02x}");
    }
    text
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = text.chars().map(|c| c.to_digit(16)).collect::<Option<_>>()?;
    digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(high * 16 + low).ok(),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;

    /// The published example `post-vanilla` of the signing specification.
    const HEADER: &str = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b";

    fn gate() -> Gate {
        Gate::new(&[Credential {
            access_key_id: "AKIDEXAMPLE".to_owned(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned(),
        }])
    }

    fn outcome(authorization: Option<&str>, body: &[u8], minutes_later: i64) -> Result<(), &'static str> {
        let mut request = Request::builder()
            .method("POST")
            .uri("/")
            .header("host", "example.amazonaws.com")
            .header("x-amz-date", "20150830T123600Z");
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        let (head, ()) = request.body(()).unwrap().into_parts();
        let now = DateTime::parse_from_rfc3339("2015-08-30T12:36:00Z").unwrap().to_utc();
        gate().check(&head, body, now + TimeDelta::minutes(minutes_later)).map_err(|refusal| refusal.code)
    }

    #[test]
    fn the_published_example_passes_and_changes_do_not() {
        let other_key = HEADER.replace("AKIDEXAMPLE", "AKIDOTHER");
        let other_signature = HEADER.replace("5da7c1", "5da7c2");
        let cases = [
            ("as published", outcome(Some(HEADER), b"", 0), Ok(())),
            ("a little late", outcome(Some(HEADER), b"", 14), Ok(())),
            ("too late", outcome(Some(HEADER), b"", 16), Err("InvalidSignatureException")),
            ("another body", outcome(Some(HEADER), b"x", 0), Err("InvalidSignatureException")),
            ("another signature", outcome(Some(&other_signature), b"", 0), Err("InvalidSignatureException")),
            ("an unknown key", outcome(Some(&other_key), b"", 0), Err("UnrecognizedClientException")),
            ("no header", outcome(None, b"", 0), Err("MissingAuthenticationTokenException")),
            ("another scheme", outcome(Some("Basic x"), b"", 0), Err("IncompleteSignatureException")),
        ];
        for (name, got, want) in cases {
            assert_eq!(got, want, "{name}");
        }
    }

    #[test]
    fn without_keys_everybody_passes() {
        let (head, ()) = Request::new(()).into_parts();
        assert!(Gate::new(&[]).check(&head, b"", Utc::now()).is_ok());
    }
}
