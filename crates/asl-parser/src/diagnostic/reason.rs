//! The rules, each with its code, severity, advice and a definition that
//! breaks it and nothing else.

use std::fmt;

use super::{Code, Severity};

/// Makes the enum and its tables from one list, so that none can be forgotten.
macro_rules! reasons {
    ($($(#[doc = $doc:literal])+ $variant:ident $name:literal $code:ident $severity:ident $help:expr, $example:literal;)+) => {
        /// Which rule a definition broke. Stable; finer than [`Code`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Reason {
            $(
                $(#[doc = $doc])+
                ///
                #[doc = concat!("```json\n", $example, "\n```")]
                $variant,
            )+
        }

        impl Reason {
            /// All rules.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The rule's name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The service's code for it.
            pub fn code(self) -> Code {
                match self { $(Self::$variant => Code::$code),+ }
            }

            /// Whether a definition is refused for it.
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity),+ }
            }

            /// What to do about it, where the message does not say so already.
            pub fn help(self) -> Option<&'static str> {
                match self { $(Self::$variant => $help),+ }
            }

            /// A definition that breaks this rule. The rules of one machine
            /// type are shown with that type, see [`Reason::is_for_express`].
            pub fn example(self) -> &'static str {
                match self { $(Self::$variant => $example),+ }
            }
        }
    };
}

reasons! {
    /// The text is no JSON.
    NotJson "not-json" InvalidJsonDescription Error None,
        "not a definition";
    /// The text is empty.
    Empty "empty" MissingDescription Error Some("give a JSON object with StartAt and States"),
        "";
    /// The JSON is no object.
    NotAnObject "not-an-object" SchemaValidationFailed Error Some("give a JSON object with StartAt and States"),
        "[]";
    /// Arrays and objects are nested more deeply than
    /// [`Limits::depth_max`](crate::Limits::depth_max); here with a limit of 6.
    TooDeep "too-deep" TooDeeplyNested Error None,
        r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Result":[[[[]]]],"End":true}}}"#;
    /// A member occurs twice in one object; the last one counts.
    DuplicateField "duplicate-field" SchemaValidationFailed Warning Some("remove all but one"),
        r#"{"StartAt":"A","StartAt":"A","States":{"A":{"Type":"Succeed"}}}"#;
    /// Two states have one name. Names are unique in a whole machine.
    DuplicateStateName "duplicate-state-name" DuplicateStateName Error Some("rename one of them"),
        r#"{"StartAt":"A","States":{"A":{"Type":"Parallel","End":true,"Branches":[{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}]}}}"#;
    /// A state's name is empty or longer than 80 characters.
    InvalidStateName "invalid-state-name" InvalidStateName Error None,
        r#"{"StartAt":"","States":{"":{"Type":"Succeed"}}}"#;
    /// A field that must be there is not.
    MissingField "missing-field" SchemaValidationFailed Error None,
        r#"{"States":{"A":{"Type":"Succeed"}}}"#;
    /// A field that the language does not have there.
    UnsupportedField "unsupported-field" SchemaValidationFailed Error None,
        r#"{"StartAt":"A","States":{"A":{"Type":"Succeed","Colour":"red"}}}"#;
    /// A value of another JSON type than the field takes.
    WrongType "wrong-type" SchemaValidationFailed Error None,
        r#"{"StartAt":"A","States":{"A":{"Type":"Succeed","Comment":1}}}"#;
    /// A value outside of what the field takes.
    WrongValue "wrong-value" SchemaValidationFailed Error None,
        r#"{"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":-1,"End":true}}}"#;
    /// A list or object that must not be empty.
    EmptyValue "empty-value" SchemaValidationFailed Error None,
        r#"{"StartAt":"A","States":{"A":{"Type":"Parallel","Branches":[],"End":true}}}"#;
    /// Fields that exclude each other.
    ExclusiveFields "exclusive-fields" SchemaValidationFailed Error Some("keep one of them"),
        r#"{"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":1,"SecondsPath":"$.s","End":true}}}"#;
    /// A rule that is not of exactly one kind.
    Selector "selector" SchemaValidationFailed Error Some("give a comparison of a Variable, or And, Or or Not; in JSONata a Condition"),
        r#"{"StartAt":"A","States":{"A":{"Type":"Choice","Choices":[{"IsNull":true,"Next":"B"}]},"B":{"Type":"Succeed"}}}"#;
    /// A state with neither `Next` nor `End`.
    MissingTransition "missing-transition" SchemaValidationFailed Error Some("add \"Next\" with a state's name, or \"End\": true"),
        r#"{"StartAt":"A","States":{"A":{"Type":"Pass"},"B":{"Type":"Succeed"}}}"#;
    /// A transition to a state that its scope does not have.
    MissingTarget "missing-target" MissingTransitionTarget Error Some("name a state of the same States object"),
        r#"{"StartAt":"A","States":{"A":{"Type":"Choice","Choices":[{"Variable":"$.a","IsNull":true,"Next":"C"}],"Default":"B"},"B":{"Type":"Succeed"}}}"#;
    /// A state that no transition leads to.
    UnreachableState "unreachable-state" MissingTransitionTarget Error Some("lead a transition to it, or remove it"),
        r#"{"StartAt":"A","States":{"A":{"Type":"Succeed"},"B":{"Type":"Succeed"}}}"#;
    /// A scope none of whose states ends it.
    NoTerminalState "no-terminal-state" MissingEndState Error Some("end one state with \"End\": true, or add a Succeed or Fail state"),
        r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"A"}}}"#;
    /// A `Type` that the language does not have.
    UnknownStateType "unknown-state-type" SchemaValidationFailed Error None,
        r#"{"StartAt":"A","States":{"A":{"Type":"Jump"}}}"#;
    /// A query language that the machine's forbids.
    QueryLanguage "query-language" SchemaValidationFailed Error Some("leave the machine's QueryLanguage at JSONPath and set JSONata on states"),
        r#"{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Succeed","QueryLanguage":"JSONPath"}}}"#;
    /// A path that does not parse.
    InvalidPath "invalid-path" SchemaValidationFailed Error None,
        r#"{"StartAt":"A","States":{"A":{"Type":"Succeed","InputPath":"input"}}}"#;
    /// A path that can select more than one place where one is wanted.
    InvalidReferencePath "invalid-reference-path" SchemaValidationFailed Error Some("use only names and single positions after $"),
        r#"{"StartAt":"A","States":{"A":{"Type":"Pass","ResultPath":"$.a[*]","End":true}}}"#;
    /// A payload template's `.$` field with neither path nor intrinsic.
    InvalidTemplate "invalid-template" SchemaValidationFailed Error None,
        r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Parameters":{"a.$":"b"},"End":true}}}"#;
    /// A payload template with a field both with and without `.$`.
    ConflictingField "conflicting-field" SchemaValidationFailed Error Some("keep one of them"),
        r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Parameters":{"a":1,"a.$":"$.b"},"End":true}}}"#;
    /// A string with one brace of `{% %}`, or blanks before the first.
    JsonataBraces "jsonata-braces" SchemaValidationFailed Error Some("write \"{% expression %}\""),
        r#"{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Succeed","Output":"{% 10 %"}}}"#;
    /// A JSONata expression that does not parse.
    InvalidJsonata "invalid-jsonata" InvalidJsonataExpression Error None,
        r#"{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Succeed","Output":"{% 1 + %}"}}}"#;
    /// A JSONata expression that reads a context, which there is none of, or a
    /// result or an error where there is none.
    UnsupportedJsonata "unsupported-jsonata" UnsupportedJsonataExpression Error Some("read the input with $states.input, and variables with their $"),
        r#"{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Succeed","Output":"{% phone %}"}}}"#;
    /// A Wait state's `Timestamp` that is no RFC 3339 time.
    InvalidTimestamp "invalid-timestamp" SchemaValidationFailed Error Some("write it like 2016-03-14T01:59:00Z"),
        r#"{"StartAt":"A","States":{"A":{"Type":"Wait","Timestamp":"tomorrow","End":true}}}"#;
    /// A `Resource` that is no ARN that the service takes.
    InvalidResource "invalid-resource" SchemaValidationFailed Error None,
        r#"{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::dynamodb:query","End":true}}}"#;
    /// Something that Express machines cannot do.
    ExpressUnsupported "express-unsupported" SchemaValidationFailed Error Some("make it a STANDARD machine"),
        r#"{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken","End":true}}}"#;
    /// `States.ALL` that stands beside other names, or not in the last entry.
    StatesAll "states-all" SchemaValidationFailed Error Some("put States.ALL alone into the last entry"),
        r#"{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Retry":[{"ErrorEquals":["States.ALL","E"]}],"End":true}}}"#;
    /// A heartbeat that is not shorter than the timeout.
    HeartbeatTooLong "heartbeat-too-long" SchemaValidationFailed Error None,
        r#"{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","TimeoutSeconds":5,"HeartbeatSeconds":5,"End":true}}}"#;
    /// `Credentials` without a role.
    MissingRole "missing-role" SchemaValidationFailed Error None,
        r#"{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Credentials":{},"End":true}}}"#;
    /// A variable's name that is no identifier, or too long.
    InvalidVariableName "invalid-variable-name" InvalidVariableName Error Some("begin with a letter, go on with letters, digits, _ and -, 80 characters at most"),
        r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Assign":{"1st":1},"End":true}}}"#;
    /// The variable `states`, which is the service's.
    ReservedVariableName "reserved-variable-name" ReservedVariableName Error Some("choose another name"),
        r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Assign":{"states":1},"End":true}}}"#;
    /// A `Label` that the service does not take.
    InvalidLabel "invalid-label" InvalidLabelName Error Some("use 1 to 40 characters without white space, wildcards, brackets and special characters"),
        r#"{"StartAt":"A","States":{"A":{"Type":"Map","Label":"a b","ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"EXPRESS"},"StartAt":"B","States":{"B":{"Type":"Succeed"}}},"End":true}}}"#;
    /// Two Map states with one `Label`.
    DuplicateLabel "duplicate-label" DuplicateLabelName Error Some("change one of them"),
        r#"{"StartAt":"A","States":{"A":{"Type":"Map","Label":"l","ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"EXPRESS"},"StartAt":"B","States":{"B":{"Type":"Succeed"}}},"Next":"C"},"C":{"Type":"Map","Label":"l","ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"EXPRESS"},"StartAt":"D","States":{"D":{"Type":"Succeed"}}},"End":true}}}"#;
    /// A field that only distributed Map states have.
    DistributedOnly "distributed-only" SchemaValidationFailed Error Some("set ProcessorConfig.Mode to DISTRIBUTED, or remove the field"),
        r#"{"StartAt":"A","States":{"A":{"Type":"Map","ItemBatcher":{"MaxItemsPerBatch":2},"ItemProcessor":{"StartAt":"B","States":{"B":{"Type":"Succeed"}}},"End":true}}}"#;
    /// A template's value that looks like a path under a name without `.$`.
    NoDollar "no-dollar" NoDollar Warning Some("end the field's name in .$ to have it evaluated"),
        r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Parameters":{"a":"$.b"},"End":true}}}"#;
    /// A setting that looks like a path in a field that takes no path.
    NoPath "no-path" NoPath Warning Some("use the field whose name ends in Path"),
        r#"{"StartAt":"A","States":{"A":{"Type":"Fail","Error":"$.error"}}}"#;
    /// A path in a Pass state's `Result`, which is not evaluated.
    PassResultIsStatic "pass-result-is-static" PassResultIsStatic Warning Some("use Parameters to compute a result"),
        r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Result":{"a.$":"$.b"},"End":true}}}"#;
}

impl Reason {
    /// Whether the rule holds for Express machines only.
    pub fn is_for_express(self) -> bool {
        self == Self::ExpressUnsupported
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
