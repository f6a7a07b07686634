//! What a path costs: a member three levels down, and a filter over 1,000.

use std::hint::black_box;

use asl_jsonpath::{Environment, Path, Scope};
use asl_value::{Value, parse};
use criterion::{Criterion, criterion_group, criterion_main};

struct Nothing;

impl Environment for Nothing {
    fn context(&self) -> &Value {
        &Value::Null
    }

    fn variable(&self, _: &str) -> Option<&Value> {
        None
    }
}

fn paths(criterion: &mut Criterion) {
    let numbers =
        (0..1000).map(|n| format!(r#"{{"n":{n},"name":"item {n}"}}"#)).collect::<Vec<_>>().join(",");
    let input = parse(&format!(r#"{{"a":{{"b":{{"c":7}}}},"items":[{numbers}]}}"#)).expect("JSON");
    let scope = Scope { input: &input, environment: &Nothing };
    for (text, found) in [("$.a.b.c", "7"), ("$.items[?(@.n > 997)].name", r#"["item 998","item 999"]"#)] {
        let path = Path::compile(text).expect("a path");
        assert_eq!(path.select(&scope).expect("a value").to_string(), found);
        criterion.bench_function(text, |bencher| bencher.iter(|| black_box(&path).select(black_box(&scope))));
    }
}

criterion_group!(benches, paths);
criterion_main!(benches);
