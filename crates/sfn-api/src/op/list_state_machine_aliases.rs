//! `ListStateMachineAliases`: by name; with a version's ARN those that lead to
//! that version.

use serde::{Deserialize, Serialize};
use sfn_store::StateMachineStatus;
use sfn_store::id::Qualifier;

use crate::shape::time::Epoch;
use crate::{Api, ApiError, Operation, arn_rules, json, model, paging};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    state_machine_arn: String,
    max_results: Option<i64>,
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    state_machine_aliases: Vec<Item>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// `StateMachineAliasListItem`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    state_machine_alias_arn: String,
    creation_date: Epoch,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::ListStateMachineAliases, body)?;
    let text = request.state_machine_arn.as_str();
    let arn = arn_rules::state_machine(text)?;
    let machine = api.qualified(&arn).await?;
    if machine.status == StateMachineStatus::Deleting {
        return Err(ApiError::deleting(&machine.arn));
    }
    let arguments = ["ListStateMachineAliases", text];
    let now = api.host.now();
    // A page goes on after the name that it ended with.
    let after = request.next_token.map(|token| api.page_tokens.open(&arguments, &token, now)).transpose()?;
    let mut aliases = api.store.aliases(&machine.arn).await?;
    aliases.retain(|alias| {
        after.as_deref().is_none_or(|after| alias.name.as_str() > after)
            && match &arn.qualifier {
                Some(Qualifier::Version(version)) => alias.routing.leads_to(*version),
                Some(Qualifier::Alias(name)) => alias.name == *name,
                Some(Qualifier::MapLabel(_)) | None => true,
            }
    });
    let limit = usize::try_from(paging::limit(request.max_results)).unwrap_or(usize::MAX);
    let has_more = aliases.len() > limit;
    aliases.truncate(limit);
    let last = aliases.last().filter(|_| has_more);
    let next_token = last.map(|alias| api.page_tokens.seal(&arguments, alias.name.as_str(), now));
    let items = aliases.iter().map(|alias| Item {
        state_machine_alias_arn: alias.arn().to_string(),
        creation_date: Epoch(alias.created_at),
    });
    json::write(&Response { state_machine_aliases: items.collect(), next_token })
}
