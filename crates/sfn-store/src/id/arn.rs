//! ARNs of Step Functions resources: parsed once, kept as their text.

mod qualified;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::name::{self, Name, NameError};

pub use qualified::{QualifiedStateMachineArn, Qualifier};

/// Why a text is not the ARN that was wanted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArnError {
    /// It does not begin with `arn:`. AWS: `Invalid ARN prefix: TEXT`.
    #[error("expected an ARN beginning with `arn:`, found `{text}`")]
    Prefix {
        /// The whole text.
        text: String,
    },
    /// It has not the parts that its kind of ARN has.
    #[error("expected an ARN of the form `{form}`, found `{text}`")]
    Form {
        /// The form that was wanted.
        form: &'static str,
        /// The whole text.
        text: String,
    },
    /// It is an ARN of another service.
    #[error("expected an ARN of the service `states`, found `{service}`")]
    Service {
        /// The service found.
        service: String,
    },
    /// It is the ARN of another type of resource. AWS: `Resource type not
    /// valid in this context: FOUND`.
    #[error("expected an ARN of the resource type `{wanted}`, found `{found}`")]
    ResourceType {
        /// The type that was wanted.
        wanted: &'static str,
        /// The type found.
        found: String,
    },
    /// A name in it is not one.
    #[error("expected a valid name in `{text}`")]
    Name {
        /// The whole text.
        text: String,
        /// What is wrong with the name.
        source: NameError,
    },
    /// It is longer than any ARN.
    #[error("expected an ARN of at most {ARN_BYTES_MAX} bytes, found {bytes}")]
    TooLong {
        /// Its length in bytes.
        bytes: usize,
    },
}

/// Longest ARN, in bytes (API reference, `LongArn`, in characters).
const ARN_BYTES_MAX: usize = 2000;

/// Where resources live: partition, region and account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArnScope {
    prefix: Arc<str>,
}

impl ArnScope {
    /// The scope `arn:aws:states:REGION:ACCOUNT`. Region and account must not
    /// be empty and may hold letters, digits and `-`.
    pub fn new(region: &str, account: &str) -> Result<Self, ArnError> {
        let prefix = format!("arn:aws:states:{region}:{account}");
        if is_plain(region) && is_plain(account) {
            Ok(Self { prefix: prefix.into() })
        } else {
            Err(ArnError::Form { form: "arn:aws:states:REGION:ACCOUNT", text: prefix })
        }
    }

    /// The region, such as `us-east-1`.
    pub fn region(&self) -> &str {
        part(&self.prefix, 3)
    }

    /// The account number.
    pub fn account(&self) -> &str {
        part(&self.prefix, 4)
    }

    /// The ARN of a state machine of this name.
    pub fn state_machine(&self, name: &Name) -> StateMachineArn {
        StateMachineArn(format!("{}:stateMachine:{name}", self.prefix).into())
    }

    /// The ARN of an activity of this name.
    pub fn activity(&self, name: &Name) -> ActivityArn {
        ActivityArn(format!("{}:activity:{name}", self.prefix).into())
    }
}

fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// The part of a checked ARN at this index, counted from 0.
fn part(text: &str, index: usize) -> &str {
    text.split(':').nth(index).unwrap_or_default()
}

/// What comes before the resource type of a checked ARN: `arn:…:ACCOUNT`.
fn scope(text: &str) -> &str {
    let end = text.match_indices(':').nth(4).map(|(end, _)| end);
    end.and_then(|end| text.get(..end)).unwrap_or_default()
}

/// The name and the Map label of `NAME` or `NAME/LABEL`.
fn split_label(part: &str) -> (&str, Option<&str>) {
    part.split_once('/').map_or((part, None), |(name, label)| (name, Some(label)))
}

/// Checks what all ARNs share and gives the parts after the account: resource
/// type and what follows it.
fn split<'t>(text: &'t str, form: &'static str) -> Result<(&'t str, Vec<&'t str>), ArnError> {
    if !text.starts_with("arn:") {
        // Bounded, because the text may be anything and ends up in an answer.
        let text = text.chars().take(ARN_BYTES_MAX).collect();
        return Err(ArnError::Prefix { text });
    }
    if text.len() > ARN_BYTES_MAX {
        return Err(ArnError::TooLong { bytes: text.len() });
    }
    let wrong_form = || ArnError::Form { form, text: text.to_owned() };
    let mut parts = text.split(':').skip(1);
    let mut next = || parts.next().ok_or_else(wrong_form);
    let (partition, service, region, account, resource_type) = (next()?, next()?, next()?, next()?, next()?);
    if !is_plain(partition) || !is_plain(region) || !is_plain(account) {
        return Err(wrong_form());
    }
    if service != "states" {
        return Err(ArnError::Service { service: service.to_owned() });
    }
    Ok((resource_type, parts.collect()))
}

fn check_name(part: &str, text: &str) -> Result<(), ArnError> {
    name::check(part).map_err(|source| ArnError::Name { text: text.to_owned(), source })
}

/// A state machine's name that may carry a Map label: `NAME` or `NAME/LABEL`.
fn check_labelled(part: &str, text: &str) -> Result<(), ArnError> {
    let (name, label) = split_label(part);
    check_name(name, text)?;
    label.map_or(Ok(()), |label| check_name(label, text))
}

fn wrong_type(wanted: &'static str, found: &str) -> ArnError {
    ArnError::ResourceType { wanted, found: found.to_owned() }
}

macro_rules! arn {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The ARN as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The same text, shared.
            pub fn shared(&self) -> &Arc<str> {
                &self.0
            }

            /// The partition, such as `aws`.
            pub fn partition(&self) -> &str {
                part(&self.0, 1)
            }

            /// The region, such as `us-east-1`.
            pub fn region(&self) -> &str {
                part(&self.0, 3)
            }

            /// The account number.
            pub fn account(&self) -> &str {
                part(&self.0, 4)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    };
}

arn! {
    /// An unqualified state machine: `arn:PARTITION:states:REGION:ACCOUNT:stateMachine:NAME`.
    StateMachineArn
}

arn! {
    /// An execution that is stored: one of a Standard state machine,
    /// `…:execution:NAME:EXECUTION`, or the child of a Map Run, which is
    /// `…:execution:NAME/LABEL:EXECUTION` or, if it is an Express one,
    /// `…:express:NAME/LABEL:EXECUTION:UUID`.
    ExecutionArn
}

arn! {
    /// An execution of an Express state machine: `…:express:NAME:EXECUTION:UUID`.
    /// Such executions are not stored, unless they are children of a Map Run:
    /// then their ARN is an [`ExecutionArn`] too.
    ExpressExecutionArn
}

arn! {
    /// An activity: `…:activity:NAME`.
    ActivityArn
}

arn! {
    /// A Map Run: `…:mapRun:NAME/LABEL:UUID`.
    MapRunArn
}

impl StateMachineArn {
    /// The state machine's name.
    pub fn name(&self) -> &str {
        part(&self.0, 6)
    }

    /// The ARN of this state machine's Standard execution of this name.
    pub fn execution(&self, name: &Name) -> ExecutionArn {
        ExecutionArn(format!("{}:execution:{}:{name}", scope(&self.0), self.name()).into())
    }

    /// The ARN of this state machine's Express execution. `unique` is a UUID
    /// that tells executions of one name apart.
    pub fn express_execution(&self, name: &Name, unique: &Name) -> ExpressExecutionArn {
        ExpressExecutionArn(format!("{}:express:{}:{name}:{unique}", scope(&self.0), self.name()).into())
    }

    /// The ARN of this state machine's version of this number.
    pub fn version(&self, number: u64) -> QualifiedStateMachineArn {
        QualifiedStateMachineArn { state_machine: self.clone(), qualifier: Some(Qualifier::Version(number)) }
    }

    /// The ARN of this state machine's alias of this name.
    pub fn alias(&self, name: &Name) -> QualifiedStateMachineArn {
        let qualifier = Some(Qualifier::Alias(name.clone()));
        QualifiedStateMachineArn { state_machine: self.clone(), qualifier }
    }
}

impl FromStr for StateMachineArn {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, ArnError> {
        const FORM: &str = "arn:aws:states:REGION:ACCOUNT:stateMachine:NAME";
        match split(text, FORM)? {
            ("stateMachine", rest) => match *rest {
                [name] => check_name(name, text).map(|()| Self(text.into())),
                _ => Err(ArnError::Form { form: FORM, text: text.to_owned() }),
            },
            (found, _) => Err(wrong_type("stateMachine", found)),
        }
    }
}

/// The state machine that a checked ARN names in its seventh part, which may
/// carry a Map label.
fn labelled_machine(text: &str) -> StateMachineArn {
    let (name, _) = split_label(part(text, 6));
    StateMachineArn(format!("{}:stateMachine:{name}", scope(text)).into())
}

impl ExecutionArn {
    /// The execution's name.
    pub fn name(&self) -> &str {
        part(&self.0, 7)
    }

    /// The state machine that it is an execution of; without the label for
    /// the child of a Map Run.
    pub fn state_machine(&self) -> StateMachineArn {
        labelled_machine(&self.0)
    }

    /// The label of the Map state, for the child of a Map Run.
    pub fn label(&self) -> Option<&str> {
        split_label(part(&self.0, 6)).1
    }

    /// The state machine's name with the label: `NAME`, or `NAME/LABEL` for the
    /// child of a Map Run.
    pub fn labelled_name(&self) -> &str {
        part(&self.0, 6)
    }

    /// The ARN of the state machine with the label, as the API shows it.
    pub fn labelled_state_machine(&self) -> String {
        format!("{}:stateMachine:{}", scope(&self.0), self.labelled_name())
    }

    /// Whether it is an Express execution, and so the child of a Map Run.
    pub fn is_express(&self) -> bool {
        part(&self.0, 5) == "express"
    }
}

impl FromStr for ExecutionArn {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, ArnError> {
        const FORM: &str = "arn:aws:states:REGION:ACCOUNT:execution:NAME:EXECUTION";
        let (resource_type, rest) = split(text, FORM)?;
        let is_labelled = rest.first().is_some_and(|machine| machine.contains('/'));
        let is_whole = match resource_type {
            "execution" => rest.len() == 2,
            "express" if is_labelled => rest.len() == 3,
            found => return Err(wrong_type("execution", found)),
        };
        let Some((machine, names)) = rest.split_first().filter(|_| is_whole) else {
            return Err(ArnError::Form { form: FORM, text: text.to_owned() });
        };
        check_labelled(machine, text)?;
        names.iter().try_for_each(|name| check_name(name, text))?;
        Ok(Self(text.into()))
    }
}

impl ExpressExecutionArn {
    /// The execution's name.
    pub fn name(&self) -> &str {
        part(&self.0, 7)
    }
}

impl FromStr for ExpressExecutionArn {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, ArnError> {
        const FORM: &str = "arn:aws:states:REGION:ACCOUNT:express:NAME:EXECUTION:UUID";
        match split(text, FORM)? {
            ("express", rest) => match *rest {
                [machine, name, unique] => {
                    check_labelled(machine, text)?;
                    check_name(name, text)?;
                    check_name(unique, text).map(|()| Self(text.into()))
                }
                _ => Err(ArnError::Form { form: FORM, text: text.to_owned() }),
            },
            (found, _) => Err(wrong_type("express", found)),
        }
    }
}

impl ActivityArn {
    /// The activity's name.
    pub fn name(&self) -> &str {
        part(&self.0, 6)
    }
}

impl FromStr for ActivityArn {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, ArnError> {
        const FORM: &str = "arn:aws:states:REGION:ACCOUNT:activity:NAME";
        match split(text, FORM)? {
            ("activity", rest) => match *rest {
                [name] => check_name(name, text).map(|()| Self(text.into())),
                _ => Err(ArnError::Form { form: FORM, text: text.to_owned() }),
            },
            (found, _) => Err(wrong_type("activity", found)),
        }
    }
}

impl MapRunArn {
    /// The state machine that has the Map state.
    pub fn state_machine(&self) -> StateMachineArn {
        labelled_machine(&self.0)
    }

    /// The label of the Map state.
    pub fn label(&self) -> &str {
        split_label(part(&self.0, 6)).1.unwrap_or_default()
    }

    /// What tells it from other runs of the Map state.
    pub fn unique(&self) -> &str {
        part(&self.0, 7)
    }

    /// The ARN of a child execution in a Standard workflow.
    pub fn execution(&self, name: &Name) -> ExecutionArn {
        ExecutionArn(format!("{}:execution:{}:{name}", scope(&self.0), part(&self.0, 6)).into())
    }

    /// The ARN of a child execution in an Express workflow. `unique` is a UUID
    /// that tells executions of one name apart.
    pub fn express_execution(&self, name: &Name, unique: &Name) -> ExecutionArn {
        ExecutionArn(format!("{}:express:{}:{name}:{unique}", scope(&self.0), part(&self.0, 6)).into())
    }
}

impl FromStr for MapRunArn {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, ArnError> {
        const FORM: &str = "arn:aws:states:REGION:ACCOUNT:mapRun:NAME/LABEL:UUID";
        match split(text, FORM)? {
            ("mapRun", rest) => match *rest {
                [machine, unique] if machine.contains('/') => {
                    check_labelled(machine, text)?;
                    check_name(unique, text).map(|()| Self(text.into()))
                }
                _ => Err(ArnError::Form { form: FORM, text: text.to_owned() }),
            },
            (found, _) => Err(wrong_type("mapRun", found)),
        }
    }
}

/// A resource that can have tags.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResourceArn {
    /// A state machine.
    StateMachine(StateMachineArn),
    /// An activity.
    Activity(ActivityArn),
}

impl ResourceArn {
    /// The ARN as text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::StateMachine(arn) => arn.as_str(),
            Self::Activity(arn) => arn.as_str(),
        }
    }
}

impl FromStr for ResourceArn {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, ArnError> {
        match split(text, "arn:aws:states:REGION:ACCOUNT:TYPE:NAME")?.0 {
            "activity" => text.parse().map(Self::Activity),
            _ => text.parse().map(Self::StateMachine),
        }
    }
}

impl From<StateMachineArn> for ResourceArn {
    fn from(arn: StateMachineArn) -> Self {
        Self::StateMachine(arn)
    }
}

impl From<ActivityArn> for ResourceArn {
    fn from(arn: ActivityArn) -> Self {
        Self::Activity(arn)
    }
}

#[cfg(test)]
mod tests;
