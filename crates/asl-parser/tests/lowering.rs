//! What the fields of every state type become.

use asl_parser::{
    AnyTemplate, Comparison, Condition, DataFlow, Definition, ExecutionType, ExpressionTemplate, Items,
    Jitter, Operand, Options, Order, PathField, Pattern, ProcessorMode, QueryLanguage, ResourceKind,
    ResultPath, ScopeId, Setting, State, StateIndex, StateKind, TextSetting, WaitUntil, parse,
};
use asl_value::{Payload, Value};

fn definition() -> Definition {
    let parsed = parse(include_str!("definitions/all_states.json"), &Options::default());
    assert!(parsed.diagnostics.is_empty(), "{:#?}", parsed.diagnostics);
    parsed.definition.expect("nothing was found")
}

fn state<'d>(definition: &'d Definition, name: &str) -> &'d State {
    definition.state(definition.find(name).expect(name)).expect(name)
}

/// The location and text of each expression in a tree.
fn expressions(template: &ExpressionTemplate) -> Vec<(&str, &str)> {
    match template {
        ExpressionTemplate::Literal(_) => Vec::new(),
        ExpressionTemplate::Expression(located) => vec![(&*located.location, &**located.expression.text())],
        ExpressionTemplate::Array(items) => items.iter().flat_map(expressions).collect(),
        ExpressionTemplate::Object(members) => {
            members.iter().flat_map(|(_, value)| expressions(value)).collect()
        }
    }
}

#[test]
fn the_machine_and_its_scopes() {
    let definition = definition();
    assert_eq!(definition.comment.as_deref(), Some("Every state type in both languages"));
    assert_eq!((&*definition.version, definition.timeout_seconds), ("1.0", Some(3600)));
    assert_eq!(definition.query_language, QueryLanguage::JsonPath);
    let names: Vec<Vec<String>> = definition
        .scopes()
        .map(|(_, scope)| scope.states().map(|(_, state)| state.name.to_string()).collect())
        .collect();
    let root = ["Shape", "Call", "Decide", "Pause", "Until", "Reason", "Fan", "Each", "Many", "Done", "Stop"];
    assert_eq!(names, [&root[..], &["Left"], &["Right"], &["Inner"], &["Child"]]);
    let right = definition.scopes().nth(2).unwrap().1;
    let parent = right.parent.unwrap();
    assert_eq!((parent.state, parent.branch), (definition.find("Fan").unwrap(), 1));
    assert_eq!(right.comment.as_deref(), Some("right"));
    assert!(definition.scope(ScopeId::ROOT).unwrap().parent.is_none());
}

#[test]
fn data_flow_in_jsonpath() {
    let definition = definition();
    let DataFlow::JsonPath { input_path, parameters, result_selector, result_path, output_path, assign } =
        &state(&definition, "Shape").flow
    else {
        panic!("not JSONPath")
    };
    assert!(matches!(input_path, PathField::Path(_)));
    assert!(parameters.is_some() && result_selector.is_none() && assign.is_some());
    assert!(matches!(result_path, ResultPath::At(_)));
    assert!(matches!(output_path, PathField::Whole));
    let call = &state(&definition, "Call").flow;
    assert!(matches!(
        call,
        DataFlow::JsonPath { result_path: ResultPath::Discard, result_selector: Some(_), .. }
    ));
}

#[test]
fn data_flow_in_jsonata() {
    let definition = definition();
    let until = state(&definition, "Until");
    assert_eq!(until.query_language, QueryLanguage::Jsonata);
    let DataFlow::Jsonata { arguments: None, output: Some(output), assign: None } = &until.flow else {
        panic!("{:?}", until.flow)
    };
    assert_eq!(expressions(output), [("Output/was", "$states.input"), ("Output/is[1]", "$orderId")]);
    assert!(matches!(output, ExpressionTemplate::Object(members)
        if matches!(&members[1].1, ExpressionTemplate::Array(items)
            if matches!(&items[0], ExpressionTemplate::Literal(one) if *one == Value::from(1)))));
}

#[test]
fn tasks() {
    let definition = definition();
    let StateKind::Task(task) = &state(&definition, "Call").kind else { panic!("no task") };
    let service = ResourceKind::Service {
        service: "lambda".into(),
        action: "invoke".into(),
        pattern: Pattern::WaitForTaskToken,
    };
    assert_eq!(task.resource.kind, service);
    assert!(matches!(task.timeout_seconds, Some(Setting::Literal(60))));
    assert!(matches!(task.heartbeat_seconds, Some(Setting::Path(_))));
    assert!(matches!(task.credentials, Some(AnyTemplate::JsonPath(_))));
    let [first, second] = task.retry.as_slice() else { panic!("{:?}", task.retry) };
    assert_eq!((first.interval_seconds, first.max_attempts, first.max_delay_seconds), (2, 5, Some(30)));
    assert_eq!((first.backoff_rate, first.jitter), (1.5, Jitter::Full));
    assert_eq!((second.interval_seconds, second.max_attempts, second.max_delay_seconds), (1, 3, None));
    assert_eq!((second.backoff_rate, second.jitter), (2.0, Jitter::None));
    assert!(matches!(task.catch[0].result_path, ResultPath::At(_)));
    assert!(task.catch[0].assign.is_some() && task.catch[1].assign.is_none());
    let StateKind::Task(child) = &state(&definition, "Child").kind else { panic!("no task") };
    assert_eq!(child.resource.kind, ResourceKind::LambdaFunction);
}

#[test]
fn choices() {
    let definition = definition();
    let StateKind::Choice(choice) = &state(&definition, "Decide").kind else { panic!("no choice") };
    assert!(
        matches!(&choice.rules[0].condition, Condition::Compare { comparison: Comparison::StringMatches(pattern), .. }
        if pattern.matches("big-one"))
    );
    let Condition::And(both) = &choice.rules[1].condition else { panic!("{:?}", choice.rules[1]) };
    assert!(matches!(
        &both[0],
        Condition::Compare {
            comparison: Comparison::Numeric(Order::GreaterThanEquals, Operand::Path(_)),
            ..
        }
    ));
    assert!(matches!(&both[1], Condition::Not(inner)
        if matches!(&**inner, Condition::Compare { comparison: Comparison::Timestamp(Order::LessThan, Operand::Literal(at)), .. }
            if at.timestamp_millis() == 1_767_225_600_000)));
    assert!(choice.rules[2].assign.is_some() && choice.default.is_some());
    let StateKind::Choice(choice) = &state(&definition, "Reason").kind else { panic!("no choice") };
    assert!(matches!(&choice.rules[0].condition, Condition::Expression(located)
        if &*located.location == "Choices[0]/Condition" && &**located.expression.text() == "$count > 3"));
    assert_eq!(
        expressions(choice.rules[0].output.as_ref().unwrap()),
        [("Choices[0]/Output", "$states.input.was")]
    );
    assert!(matches!(choice.rules[1].condition, Condition::Literal(true)));
}

#[test]
fn waits_fails_and_passes() {
    let definition = definition();
    let StateKind::Wait(wait) = &state(&definition, "Pause").kind else { panic!("no wait") };
    assert!(matches!(wait.until, WaitUntil::Seconds(Setting::Literal(5))));
    let StateKind::Wait(wait) = &state(&definition, "Until").kind else { panic!("no wait") };
    assert!(
        matches!(&wait.until, WaitUntil::Timestamp(Setting::Expression(located)) if &*located.location == "Timestamp")
    );
    let StateKind::Fail(fail) = &state(&definition, "Stop").kind else { panic!("no fail") };
    assert!(matches!(&fail.error, Some(TextSetting::Literal(text)) if &**text == "Stopped"));
    assert!(matches!(fail.cause, Some(TextSetting::Path(_))));
    let StateKind::Pass(pass) = &state(&definition, "Left").kind else { panic!("no pass") };
    assert_eq!(pass.result.as_ref().map(Payload::text), Some(r#"{"side":"left"}"#));
}

#[test]
fn maps() {
    let definition = definition();
    let StateKind::Map(map) = &state(&definition, "Each").kind else { panic!("no map") };
    assert_eq!(map.processor_config.mode, ProcessorMode::Inline);
    assert!(matches!(map.items, Items::Path(_)));
    assert!(matches!(map.item_selector, Some(AnyTemplate::JsonPath(_))));
    assert!(matches!(map.max_concurrency, Some(Setting::Literal(4))));
    assert_eq!(definition.scope(map.processor).unwrap().find("Inner").map(StateIndex::index), Some(0));
    let StateKind::Map(map) = &state(&definition, "Many").kind else { panic!("no map") };
    assert_eq!(map.processor_config.mode, ProcessorMode::Distributed);
    assert_eq!(map.processor_config.execution_type, Some(ExecutionType::Express));
    assert_eq!(map.label.as_deref(), Some("Many"));
    assert!(matches!(map.items, Items::Input));
    let reader = map.item_reader.as_ref().unwrap();
    assert_eq!(reader.config.csv_headers.as_ref().map(Vec::len), Some(2));
    assert!(matches!(&reader.config.max_items, Some(Setting::Expression(located))
        if &*located.location == "ItemReader/ReaderConfig/MaxItems"));
    let Some(AnyTemplate::Jsonata(arguments)) = &reader.arguments else { panic!("{:?}", reader.arguments) };
    assert_eq!(expressions(arguments), [("ItemReader/Arguments/Key", "$states.input.key")]);
    assert!(
        matches!(map.tolerated_failure_percentage, Some(Setting::Literal(half)) if (0.49..0.51).contains(&half))
    );
    assert!(map.item_batcher.as_ref().is_some_and(|batcher| batcher.batch_input.is_some()));
    let writer = map.result_writer.as_ref().and_then(|writer| writer.config.as_ref()).unwrap();
    assert_eq!(
        (writer.output_type.as_deref(), writer.transformation.as_deref()),
        (Some("JSONL"), Some("COMPACT"))
    );
}
