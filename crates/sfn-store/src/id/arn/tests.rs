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
    let child: ExecutionArn = "arn:aws:states:r:1:execution:orders/label:x".parse().unwrap();
    assert_eq!(child.state_machine().name(), "orders");
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
    assert!(ArnScope::new("", "1").is_err() && ArnScope::new("a:b", "1").is_err());
}

proptest! {
    #[test]
    fn any_text_parses_or_is_refused(text in "(arn:(aws:)?(states:)?)?[a-z:/0-9é ]{0,40}") {
        if let Ok(arn) = text.parse::<ExecutionArn>() {
            prop_assert_eq!(arn.as_str(), &text);
            prop_assert!(arn.state_machine().as_str().parse::<StateMachineArn>().is_ok());
        }
        if let Ok(arn) = text.parse::<QualifiedStateMachineArn>() {
            prop_assert!(arn.state_machine.as_str().parse::<StateMachineArn>().is_ok());
        }
        let _ = text.parse::<MapRunArn>();
        let _ = text.parse::<ResourceArn>();
    }
}
