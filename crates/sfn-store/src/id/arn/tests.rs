use proptest::prelude::*;

use super::*;

const MACHINE: &str = "arn:aws:states:us-east-1:123456789012:stateMachine:orders";
const EXECUTION: &str = "arn:aws:states:us-east-1:123456789012:execution:orders:first";

#[test]
fn wrong_arns_are_told_apart() {
    let text = str::to_owned;
    for (given, want) in [
        ("foo", ArnError::Prefix { text: text("foo") }),
        ("", ArnError::Prefix { text: text("") }),
        (
            "arn:aws:states:us-east-1:1:express:m:e:u",
            ArnError::ResourceType { wanted: "execution", found: text("express") },
        ),
        (
            "arn:aws:states:us-east-1:1:express:m/l:e:",
            ArnError::Name {
                text: text("arn:aws:states:us-east-1:1:express:m/l:e:"),
                source: NameError::Empty,
            },
        ),
        ("arn:aws:lambda:us-east-1:1:function:f", ArnError::Service { service: text("lambda") }),
        (
            "arn:aws:states:us-east-1:1:execution:m: ",
            ArnError::Name {
                text: text("arn:aws:states:us-east-1:1:execution:m: "),
                source: NameError::Character { character: ' ' },
            },
        ),
    ] {
        assert_eq!(given.parse::<ExecutionArn>(), Err(want), "{given}");
    }
    for given in [
        "arn:",
        "arn:aws:states",
        "arn:aws:states:us-east-1:1:execution:m",
        "arn:aws:states:us-east-1:1:execution:m/l:e:u",
        "arn:aws:states:us-east-1:1:express:m/l:e",
        "arn:aws:states:us-east-1:1:express:m/l:e:u:v",
        "arn:aws:states::1:execution:m:e",
    ] {
        let got = given.parse::<ExecutionArn>();
        assert!(matches!(got, Err(ArnError::Form { .. })), "{given}: {got:?}");
    }
}

#[test]
fn parts_are_read_back() {
    let execution: ExecutionArn = EXECUTION.parse().unwrap();
    assert_eq!(execution.name(), "first");
    assert_eq!(execution.region(), "us-east-1");
    assert_eq!(execution.account(), "123456789012");
    assert_eq!(execution.state_machine().as_str(), MACHINE);
    assert_eq!((execution.label(), execution.is_express()), (None, false));
    for (child, is_express) in [
        ("arn:aws:states:us-east-1:123456789012:execution:orders/label:first", false),
        ("arn:aws:states:us-east-1:123456789012:express:orders/label:first:execution", true),
        ("arn:aws:states:us-east-1:123456789012:express:orders/label:first:express", true),
    ] {
        let child: ExecutionArn = child.parse().unwrap();
        assert_eq!((child.name(), child.label()), ("first", Some("label")), "{child}");
        assert_eq!((child.state_machine().as_str(), child.is_express()), (MACHINE, is_express), "{child}");
    }
    let map_run: MapRunArn = "arn:aws:states:us-east-1:123456789012:mapRun:orders/label:u".parse().unwrap();
    assert_eq!((map_run.label(), map_run.unique()), ("label", "u"));
    assert_eq!(map_run.state_machine().as_str(), MACHINE);
    for text in ["arn:aws:states:r:1:mapRun:orders:u", "arn:aws:states:r:1:mapRun:orders/label"] {
        assert!(text.parse::<MapRunArn>().is_err(), "{text}");
    }
}

#[test]
fn state_machines_may_be_qualified() {
    let name = |text| Name::new(text).unwrap();
    for (suffix, want) in [
        ("", None),
        (":12", Some(Qualifier::Version(12))),
        (":live", Some(Qualifier::Alias(name("live")))),
        ("/label", Some(Qualifier::MapLabel(name("label")))),
    ] {
        let text = format!("{MACHINE}{suffix}");
        let got: QualifiedStateMachineArn = text.parse().unwrap();
        assert_eq!(got.state_machine.as_str(), MACHINE);
        assert_eq!(got.qualifier, want);
        assert_eq!(got.to_string(), text);
        assert_eq!(text.parse::<StateMachineArn>().is_ok(), want.is_none());
    }
    for suffix in [":99999999999999999999999", ":", ":a:b", "/a/b"] {
        let text = format!("{MACHINE}{suffix}");
        assert!(text.parse::<QualifiedStateMachineArn>().is_err(), "{text}");
    }
}

#[test]
fn built_arns_parse() {
    let scope = ArnScope::new("eu-west-1", "1").unwrap();
    let name = Name::new("a").unwrap();
    let machine = scope.state_machine(&name);
    assert_eq!(machine.as_str().parse(), Ok(machine.clone()));
    assert_eq!(machine.execution(&name).as_str().parse(), Ok(machine.execution(&name)));
    assert_eq!(machine.execution(&name).state_machine(), machine);
    let express = machine.express_execution(&name, &name);
    assert_eq!(express.as_str().parse(), Ok(express.clone()));
    assert_eq!(scope.activity(&name).as_str().parse(), Ok(scope.activity(&name)));
    let map_run: MapRunArn = "arn:aws:states:eu-west-1:1:mapRun:a/l:u".parse().unwrap();
    for (child, is_express) in
        [(map_run.execution(&name), false), (map_run.express_execution(&name, &name), true)]
    {
        assert_eq!(child.as_str().parse(), Ok(child.clone()));
        assert_eq!((child.state_machine(), child.label()), (machine.clone(), Some("l")));
        assert_eq!(child.is_express(), is_express);
    }
    assert!(ArnScope::new("", "1").is_err() && ArnScope::new("a:b", "1").is_err());
}

proptest! {
    #[test]
    fn any_text_parses_or_is_refused(text in "(arn:(aws:)?(states:(r:1:(express|execution|mapRun):)?)?)?[a-z:/0-9é ]{0,40}") {
        if let Ok(arn) = text.parse::<ExecutionArn>() {
            prop_assert_eq!(arn.as_str(), &text);
            prop_assert!(arn.state_machine().as_str().parse::<StateMachineArn>().is_ok());
            prop_assert!(arn.label().is_some() || !arn.is_express());
        }
        if let Ok(arn) = text.parse::<QualifiedStateMachineArn>() {
            prop_assert!(arn.state_machine.as_str().parse::<StateMachineArn>().is_ok());
        }
        if let Ok(arn) = text.parse::<MapRunArn>() {
            prop_assert!(arn.state_machine().as_str().parse::<StateMachineArn>().is_ok());
        }
        let _ = text.parse::<ResourceArn>();
    }
}
