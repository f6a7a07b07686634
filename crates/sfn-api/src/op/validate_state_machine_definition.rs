//! `ValidateStateMachineDefinition`: all findings, whatever the text.

use asl_parser::{Diagnostic, Options};
use serde::{Deserialize, Serialize};
use sfn_store::MachineType;

use crate::{Api, ApiError, Operation, json, lookup, model};

/// How many findings are told when nobody says how many.
const LIMIT_DEFAULT: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    definition: String,
    r#type: Option<String>,
    severity: Option<String>,
    max_results: Option<i64>,
}

#[derive(Serialize)]
struct Response<'a> {
    result: &'static str,
    diagnostics: Vec<Item<'a>>,
    truncated: bool,
}

/// `ValidateStateMachineDefinitionDiagnostic`
#[derive(Serialize)]
struct Item<'a> {
    severity: &'static str,
    code: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
}

#[expect(clippy::unused_async, reason = "called like every other operation")]
pub(crate) async fn call(_: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::ValidateStateMachineDefinition, body)?;
    let machine_type = request.r#type.as_deref().and_then(MachineType::from_name);
    let machine_type = lookup::parser_type(machine_type.unwrap_or(MachineType::Standard));
    let options = Options { machine_type, ..Options::default() };
    let parsed = asl_parser::parse(&request.definition, &options);
    let warnings = request.severity.as_deref() == Some("WARNING");
    let found: Vec<&Diagnostic> =
        parsed.diagnostics.iter().filter(|diagnostic| warnings || diagnostic.is_error()).collect();
    let limit = request.max_results.and_then(|max| usize::try_from(max).ok()).filter(|max| *max > 0);
    let limit = limit.unwrap_or(LIMIT_DEFAULT);
    let diagnostics = found.iter().take(limit).map(|diagnostic| Item {
        severity: diagnostic.severity.name(),
        code: diagnostic.code.name(),
        message: &diagnostic.message,
        location: diagnostic.location(),
    });
    json::write(&Response {
        result: if parsed.definition.is_some() { "OK" } else { "FAIL" },
        diagnostics: diagnostics.collect(),
        truncated: found.len() > limit,
    })
}
