//! How functions are named.

/// A function's name and qualifier, out of what the Lambda API takes: `NAME`,
/// `ACCOUNT:function:NAME` or an ARN, each with `:QUALIFIER` or without.
/// API reference, *Invoke*, `FunctionName`.
pub(super) fn split(text: &str) -> (&str, Option<&str>) {
    let local = text.split_once(":function:").map_or(text, |(_, local)| local);
    match local.split_once(':') {
        Some((name, qualifier)) => (name, Some(qualifier)),
        None => (local, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_qualifiers_are_told_apart() {
        for (text, want) in [
            ("f", ("f", None)),
            ("f:live", ("f", Some("live"))),
            ("123456789012:function:f", ("f", None)),
            ("arn:aws:lambda:us-east-1:123456789012:function:f", ("f", None)),
            ("arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST", ("f", Some("$LATEST"))),
        ] {
            assert_eq!(split(text), want, "{text}");
        }
    }
}
