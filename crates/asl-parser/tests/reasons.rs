//! Every rule's documented example breaks that rule and nothing else.

use std::collections::BTreeSet;

use asl_parser::{MachineType, Options, Reason, Severity, parse};

#[test]
fn each_example_breaks_its_rule_alone() {
    for reason in Reason::ALL {
        let machine_type = if reason.is_for_express() { MachineType::Express } else { MachineType::Standard };
        let mut options = Options { machine_type, ..Options::default() };
        if *reason == Reason::TooDeep {
            options.limits.depth_max = 6;
        }
        let parsed = parse(reason.example(), &options);
        let found: BTreeSet<Reason> = parsed.diagnostics.iter().map(|found| found.reason).collect();
        assert_eq!(found, BTreeSet::from([*reason]), "{reason}: {:#?}", parsed.diagnostics);
        assert_eq!(parsed.definition.is_none(), reason.severity() == Severity::Error, "{reason}");
        for found in &parsed.diagnostics {
            assert_eq!((found.code, found.severity), (reason.code(), reason.severity()), "{reason}");
            assert!(reason.example().get(found.span.clone()).is_some(), "{reason}: {:?}", found.span);
        }
    }
}

#[test]
fn names_are_unique() {
    let names: BTreeSet<&str> = Reason::ALL.iter().map(|reason| reason.name()).collect();
    assert_eq!(names.len(), Reason::ALL.len());
}
