//! Who carries out tasks: the options that `serve` and `run` share.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use sfn_integrations::{Endpoint, Lambda, Mocks, Router};

use super::source::read;

/// Where tasks go.
#[derive(Debug, Args)]
pub(crate) struct LambdaArguments {
    /// Endpoint of the Lambda API that functions are invoked at, such as
    /// `http://127.0.0.1:3001`
    ///
    /// `LAMBDA_ENDPOINT`, `AWS_ENDPOINT_URL_LAMBDA` and `AWS_ENDPOINT_URL` are
    /// read too, in this order.
    #[arg(long, value_name = "URL", env = "STEPWELL_LAMBDA_ENDPOINT")]
    lambda_endpoint: Option<String>,
}

impl LambdaArguments {
    /// A router with what was configured.
    pub(crate) fn router(&self) -> anyhow::Result<Router> {
        let endpoint = self.lambda_endpoint.clone().or_else(|| {
            let names = ["LAMBDA_ENDPOINT", "AWS_ENDPOINT_URL_LAMBDA", "AWS_ENDPOINT_URL"];
            names.iter().find_map(|name| std::env::var(name).ok().filter(|url| !url.is_empty()))
        });
        let Some(endpoint) = endpoint else { return Ok(Router::new()) };
        let endpoint =
            Endpoint::parse(&endpoint).with_context(|| format!("in the Lambda endpoint {endpoint:?}"))?;
        Ok(Router::new().with_lambda(Lambda::new(endpoint)))
    }
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
