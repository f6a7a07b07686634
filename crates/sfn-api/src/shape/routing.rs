//! Where an alias leads, as requests give it and descriptions show it.

use serde::{Deserialize, Serialize};
use sfn_store::id::{Qualifier, StateMachineArn};
use sfn_store::{AliasRecord, Route, Routing};

use crate::{ApiError, Reason, arn_rules};

/// `RoutingConfigurationListItem`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoutingItem {
    state_machine_version_arn: String,
    weight: i64,
}

fn listed(texts: impl Iterator<Item = String>) -> String {
    format!("[{}]", texts.collect::<Vec<_>>().join(", "))
}

/// The routing that items within the constraints describe, and the state
/// machine whose versions they name.
pub(crate) fn read(items: &[RoutingItem]) -> Result<(StateMachineArn, Routing), ApiError> {
    let refused = |what: &str, received: String| {
        Err(ApiError::because(Reason::Routing, format!("{what}. Received: {received}")))
    };
    let arns = || listed(items.iter().map(|item| item.state_machine_version_arn.clone()));
    let mut machines = Vec::new();
    let mut routes = Vec::new();
    for item in items {
        let arn = arn_rules::state_machine(&item.state_machine_version_arn)?;
        let Some(Qualifier::Version(version)) = arn.qualifier else {
            return refused("Routing configuration must contain state machine version ARNs", arns());
        };
        let weight = u8::try_from(item.weight).unwrap_or(u8::MAX);
        routes.push(Route { version, weight });
        machines.push(arn.state_machine);
    }
    let (Some(machine), Some(first)) = (machines.pop(), routes.first().copied()) else {
        return refused("Routing configuration must contain state machine version ARNs", arns());
    };
    if machines.iter().any(|other| *other != machine) {
        return refused("Routing configuration must contain versions of one state machine", arns());
    }
    let second = routes.get(1).copied();
    if second.is_some_and(|second| second.version == first.version) {
        return refused("Routing configuration must contain distinct state machine version ARNs", arns());
    }
    if items.iter().map(|item| item.weight).sum::<i64>() != 100 {
        let weights = listed(items.iter().map(|item| item.weight.to_string()));
        return refused("Sum of routing configuration weights must equal 100", weights);
    }
    Ok((machine, Routing { first, second }))
}

/// The routing of an alias as it is shown.
pub(crate) fn shown(alias: &AliasRecord) -> Vec<RoutingItem> {
    let items = alias.routing.iter().map(|route| RoutingItem {
        state_machine_version_arn: alias.machine.version(route.version).to_string(),
        weight: i64::from(route.weight),
    });
    items.collect()
}
