//! How long compiled expressions take: a path, an aggregate, a lambda over
//! 1,000 items, an order-by of 1,000 items; and compiling itself.

use std::hint::black_box;

use asl_jsonata::{Budget, Dialect, Expression, Host, Outcome};
use asl_value::Value;
use criterion::{Criterion, criterion_group, criterion_main};

/// An order with 1,000 lines whose prices are in no order.
fn document() -> Value {
    let items = (0..1000_i64).map(|n| {
        Value::object([
            ("id", Value::from(n)),
            ("price", Value::from(n * 7919 % 1009)),
            ("name", Value::from(format!("item {n}"))),
        ])
    });
    let order = Value::object([("customer", Value::object([("name", Value::from("Ada"))]))]);
    let prices: Vec<Value> = (0..1000_i64).map(|n| Value::from(n * 7919 % 1009)).collect();
    Value::object([
        ("order", order),
        ("items", Value::from(items.collect::<Vec<_>>())),
        ("prices", Value::from(prices)),
    ])
}

fn evaluate(expression: &Expression, input: &Value, states: &Value) -> Outcome {
    let mut host = Host {
        variable: &|name| (name == "states").then(|| states.clone()),
        now_millis: 0,
        entropy: &mut || 0,
        budget: Budget::default(),
    };
    expression.evaluate(Some(input), &mut host).expect("the expression evaluates")
}

fn jsonata(criterion: &mut Criterion) {
    let input = document();
    let states = Value::object([("input", input.clone())]);
    let rows = [
        ("path", "order.customer.name", Value::from("Ada")),
        ("path from $states", "$states.input.order.customer.name", Value::from("Ada")),
        ("path over 1,000", "$count(items.price)", Value::from(1000)),
        ("filter 1,000", "$count(items[price > 500])", Value::from(505)),
        ("$sum 1,000", "$sum(prices)", Value::from(504_678)),
        ("$map lambda 1,000", "$count($map(prices, function($p) { $p * 2 }))", Value::from(1000)),
        ("$map and $sum 1,000", "$sum($map(prices, function($p) { $p * 2 }))", Value::from(1_009_356)),
        ("order-by 1,000", "$count(items^(price))", Value::from(1000)),
        ("object per item", "$count(items.{ 'id': id, 'cost': price * 2 })", Value::from(1000)),
    ];
    for (name, text, want) in rows {
        let expression = Expression::compile(text, Dialect::StepFunctions).expect("the expression compiles");
        assert_eq!(evaluate(&expression, &input, &states), Outcome::Value(want), "{text}");
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| evaluate(black_box(&expression), black_box(&input), &states));
        });
    }
    criterion.bench_function("compile", |bencher| {
        bencher.iter(|| {
            Expression::compile(
                black_box("$sum($states.input.items[price > 5].(price * 2))"),
                Dialect::Standard,
            )
        });
    });
}

criterion_group!(benches, jsonata);
criterion_main!(benches);
