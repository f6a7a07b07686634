//! Where an alias leads, as requests give it and descriptions show it.

use serde::{Deserialize, Serialize};
use sfn_store::id::{Qualifier, StateMachineArn};
use sfn_store::{AliasRecord, Route, Routing};

use crate::constraint::Constraints;
use crate::{ApiError, arn_rules};

/// Most versions that an alias leads to.
const ROUTES_MAX: usize = 2;

/// `RoutingConfigurationListItem`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoutingItem {
    state_machine_version_arn: Option<String>,
    weight: Option<i64>,
}

impl RoutingItem {
    fn arn(&self) -> &str {
        self.state_machine_version_arn.as_deref().unwrap_or_default()
    }

    fn weight(&self) -> i64 {
        self.weight.unwrap_or_default()
    }
}

/// The model's constraints on `routingConfiguration`.
pub(crate) fn check(constraints: &mut Constraints, items: Option<&[RoutingItem]>) {
    let Some(items) = items else { return };
    let shown = || {
        let items = items.iter().map(|item| {
            let (arn, weight) = (item.arn(), item.weight());
            format!("RoutingConfigurationListItem(stateMachineVersionArn={arn}, weight={weight})")
        });
        listed(items)
    };
    if items.len() > ROUTES_MAX {
        let must = format_args!("have length less than or equal to {ROUTES_MAX}");
        constraints.broken("routingConfiguration", shown(), must);
    } else if items.is_empty() {
        constraints.broken("routingConfiguration", shown(), "have length greater than or equal to 1");
    }
    for (number, item) in (1..).zip(items) {
        let member = |name: &str| format!("routingConfiguration.{number}.member.{name}");
        let arn = member("stateMachineVersionArn");
        constraints.required_length(&arn, item.state_machine_version_arn.as_deref(), 1..=256);
        constraints.required(&member("weight"), item.weight.as_ref());
        constraints.range(&member("weight"), item.weight, 0..=100);
    }
}

fn listed(texts: impl Iterator<Item = String>) -> String {
    format!("[{}]", texts.collect::<Vec<_>>().join(", "))
}

/// The routing that items within the constraints describe, and the state
/// machine whose versions they name.
pub(crate) fn read(items: &[RoutingItem]) -> Result<(StateMachineArn, Routing), ApiError> {
    let refused =
        |what: &str, received: String| Err(ApiError::validation(format!("{what}. Received: {received}")));
    let arns = || listed(items.iter().map(|item| item.arn().to_owned()));
    let mut machines = Vec::new();
    let mut routes = Vec::new();
    for item in items {
        let arn = arn_rules::state_machine(item.arn())?;
        let Some(Qualifier::Version(version)) = arn.qualifier else {
            return refused("Routing configuration must contain state machine version ARNs", arns());
        };
        let weight = u8::try_from(item.weight()).unwrap_or(u8::MAX);
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
    if items.iter().map(RoutingItem::weight).sum::<i64>() != 100 {
        let weights = listed(items.iter().map(|item| item.weight().to_string()));
        return refused("Sum of routing configuration weights must equal 100", weights);
    }
    Ok((machine, Routing { first, second }))
}

/// The routing of an alias as it is shown.
pub(crate) fn shown(alias: &AliasRecord) -> Vec<RoutingItem> {
    let items = alias.routing.iter().map(|route| RoutingItem {
        state_machine_version_arn: Some(alias.machine.version(route.version).to_string()),
        weight: Some(i64::from(route.weight)),
    });
    items.collect()
}
