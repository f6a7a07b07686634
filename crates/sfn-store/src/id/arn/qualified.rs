//! ARNs of state machines with a version, an alias or a Map label.

use std::fmt;
use std::str::FromStr;

use super::{ArnError, Name, StateMachineArn, check_name, scope, split, wrong_type};

/// What may follow a state machine's name in an ARN.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Qualifier {
    /// `:NUMBER`, a published version.
    Version(u64),
    /// `:NAME`, an alias: a name with at least one character that is not a digit.
    Alias(Name),
    /// `/LABEL`, the Map state that child executions belong to.
    MapLabel(Name),
}

/// A state machine's ARN as requests give it: plain, with a version, an alias
/// or a Map label.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QualifiedStateMachineArn {
    /// The state machine.
    pub state_machine: StateMachineArn,
    /// What follows its name.
    pub qualifier: Option<Qualifier>,
}

impl FromStr for QualifiedStateMachineArn {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, ArnError> {
        const FORM: &str = "arn:aws:states:REGION:ACCOUNT:stateMachine:NAME[:VERSION|:ALIAS]";
        let (resource_type, rest) = split(text, FORM)?;
        if resource_type != "stateMachine" {
            return Err(wrong_type("stateMachine", resource_type));
        }
        let named =
            |part: &str| Name::new(part).map_err(|source| ArnError::Name { text: text.to_owned(), source });
        let (machine, qualifier) = match *rest {
            [machine] => match machine.split_once('/') {
                Some((machine, label)) => (machine, Some(Qualifier::MapLabel(named(label)?))),
                None => (machine, None),
            },
            [machine, version] if version.bytes().all(|b| b.is_ascii_digit()) => {
                let number = version.parse();
                let number = number.map_err(|_| ArnError::Form { form: FORM, text: text.to_owned() })?;
                (machine, Some(Qualifier::Version(number)))
            }
            [machine, alias] => (machine, Some(Qualifier::Alias(named(alias)?))),
            _ => return Err(ArnError::Form { form: FORM, text: text.to_owned() }),
        };
        check_name(machine, text)?;
        let state_machine = StateMachineArn(format!("{}:stateMachine:{machine}", scope(text)).into());
        Ok(Self { state_machine, qualifier })
    }
}

impl From<StateMachineArn> for QualifiedStateMachineArn {
    fn from(state_machine: StateMachineArn) -> Self {
        Self { state_machine, qualifier: None }
    }
}

impl fmt::Display for QualifiedStateMachineArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.state_machine.fmt(f)?;
        match &self.qualifier {
            None => Ok(()),
            Some(Qualifier::Version(number)) => write!(f, ":{number}"),
            Some(Qualifier::Alias(name)) => write!(f, ":{name}"),
            Some(Qualifier::MapLabel(label)) => write!(f, "/{label}"),
        }
    }
}
