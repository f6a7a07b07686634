//! Who carries out tasks: the options that `serve` and `run` share.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use sfn_integrations::{Buckets, Credentials, Endpoint, Lambda, Mocks, Router, S3};

use super::source::read;

/// Where tasks and map runs reach outside.
#[derive(Debug, Args)]
pub(crate) struct OutsideArguments {
    /// Endpoint of the Lambda API that functions are invoked at, such as
    /// `http://127.0.0.1:3001`
    ///
    /// `LAMBDA_ENDPOINT`, `AWS_ENDPOINT_URL_LAMBDA` and `AWS_ENDPOINT_URL` are
    /// read too, in this order.
    #[arg(long, value_name = "URL", env = "STEPWELL_LAMBDA_ENDPOINT")]
    lambda_endpoint: Option<String>,
    /// Endpoint of the S3 API that distributed maps read items from and write
    /// results to
    ///
    /// `AWS_ENDPOINT_URL_S3` and `AWS_ENDPOINT_URL` are read too, in this
    /// order; without any, S3 itself is used if there are credentials in
    /// `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`.
    #[arg(long, value_name = "URL", env = "STEPWELL_S3_ENDPOINT")]
    s3_endpoint: Option<String>,
    /// Folder whose folders are buckets: `FOLDER` is the bucket `file:FOLDER`
    #[arg(long, value_name = "FOLDER", env = "STEPWELL_FILES")]
    files: Option<PathBuf>,
}

impl OutsideArguments {
    /// A router with what was configured.
    pub(crate) fn router(&self, region: &str) -> anyhow::Result<Router> {
        let mut router = Router::new().with_buckets(self.buckets(region)?);
        let names = ["LAMBDA_ENDPOINT", "AWS_ENDPOINT_URL_LAMBDA", "AWS_ENDPOINT_URL"];
        if let Some(endpoint) = endpoint("Lambda", self.lambda_endpoint.clone(), &names)? {
            router = router.with_lambda(Lambda::new(endpoint));
        }
        Ok(router)
    }

    fn buckets(&self, region: &str) -> anyhow::Result<Buckets> {
        let mut buckets = Buckets::new();
        if let Some(root) = &self.files {
            let found = root.canonicalize().with_context(|| format!("in --files {}", root.display()))?;
            buckets = buckets.with_files(found);
        }
        let credentials = credentials();
        let endpoint =
            endpoint("S3", self.s3_endpoint.clone(), &["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"])?;
        let mut s3 = match (endpoint, &credentials) {
            (Some(endpoint), _) => S3::at(endpoint, region),
            (None, Some(_)) => S3::of_region(region).context("in the region of S3")?,
            (None, None) => return Ok(buckets),
        };
        if let Some(credentials) = credentials {
            s3 = s3.with_credentials(credentials);
        }
        Ok(buckets.with_s3(s3))
    }
}

/// An endpoint from the option, or from the first of these variables.
pub(super) fn endpoint(
    service: &str,
    option: Option<String>,
    names: &[&str],
) -> anyhow::Result<Option<Endpoint>> {
    let Some(url) = option.or_else(|| names.iter().find_map(|name| variable(name))) else { return Ok(None) };
    let endpoint = Endpoint::parse(&url).with_context(|| format!("in the {service} endpoint {url:?}"))?;
    Ok(Some(endpoint))
}

/// The credentials in the environment.
pub(super) fn credentials() -> Option<Credentials> {
    Some(Credentials {
        access_key_id: variable("AWS_ACCESS_KEY_ID")?,
        secret_access_key: variable("AWS_SECRET_ACCESS_KEY")?,
        session_token: variable("AWS_SESSION_TOKEN"),
    })
}

/// An environment variable that says something.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Reads a mock configuration file.
pub(crate) fn read_mocks(path: &Path) -> anyhow::Result<Mocks> {
    let text = read(path)?;
    Mocks::parse(&text).with_context(|| format!("in the mock configuration {}", path.display()))
}

/// The mock configuration that an environment of Step Functions Local names.
pub(crate) fn mock_config_of_local() -> Option<PathBuf> {
    std::env::var_os("SFN_MOCK_CONFIG").filter(|path| !path.is_empty()).map(PathBuf::from)
}
