//! What a 200 KiB document costs: to parse, to print, and to change one member.

use std::hint::black_box;

use asl_value::{Number, Value, parse, print_to};
use criterion::{Criterion, criterion_group, criterion_main};

/// Orders with names, numbers and texts, as payloads are.
fn text() -> String {
    let order = |id: i64| {
        Value::object([
            ("id", Value::from(id)),
            ("customer", Value::from(format!("customer-{id}"))),
            ("price", Value::from(Number::Float(0.25))),
            ("paid", Value::from(true)),
            ("lines", Value::from(vec![Value::from(1), Value::from(2)])),
            ("note", Value::from(format!("a longer text for order number {id}"))),
        ])
    };
    let orders: Vec<Value> = (0..1_692).map(order).collect();
    Value::object([("orders", Value::from(orders)), ("status", Value::from("open"))]).to_string()
}

fn document(criterion: &mut Criterion) {
    let text = text();
    assert!((200_000..210_000).contains(&text.len()), "{}", text.len());
    let value = parse(&text).expect("the text is JSON");
    assert_eq!(value.to_string(), text);

    criterion.bench_function("parse 200 KiB", |bencher| bencher.iter(|| parse(black_box(&text))));
    criterion.bench_function("parse 200 KiB with serde_json", |bencher| {
        bencher.iter(|| serde_json::from_str::<serde_json::Value>(black_box(&text)));
    });
    criterion.bench_function("print 200 KiB", |bencher| {
        bencher.iter(|| {
            let mut out = String::new();
            print_to(black_box(&value), &mut out);
            out
        });
    });
    let members = value.as_object().expect("the document is an object");
    criterion.bench_function("set a member of 200 KiB", |bencher| {
        bencher.iter(|| black_box(members).with("result", Value::from(1)));
    });
}

criterion_group!(benches, document);
criterion_main!(benches);
