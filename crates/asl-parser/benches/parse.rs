//! How long reading a definition takes: a typical one of 4 KB, and one of 1 MB.

use std::fmt::Write as _;
use std::hint::black_box;

use asl_parser::{Options, parse};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// A chain of Task and Choice states of about `bytes` bytes.
fn chain(bytes: usize) -> String {
    let mut text = String::from(r#"{"StartAt":"Call0","States":{"#);
    let mut place = 0;
    while text.len() < bytes {
        let next = place + 1;
        write!(
            text,
            r#""Call{place}":{{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{{"FunctionName":"order-handler","Payload":{{"order.$":"$.order","attempt.$":"$.attempt","items.$":"States.Array($.first, $.second)"}}}},"ResultSelector":{{"body.$":"$.Payload"}},"ResultPath":"$.result","Retry":[{{"ErrorEquals":["Lambda.TooManyRequestsException"],"IntervalSeconds":1,"MaxAttempts":3,"BackoffRate":2}}],"Catch":[{{"ErrorEquals":["States.ALL"],"ResultPath":"$.error","Next":"Stop"}}],"Next":"Decide{place}"}},"Decide{place}":{{"Type":"Choice","Choices":[{{"And":[{{"Variable":"$.result.body.count","NumericGreaterThan":3}},{{"Variable":"$.result.body.kind","StringMatches":"order-*"}}],"Next":"Stop"}}],"Default":"Call{next}"}},"#
        )
        .expect("a string takes everything");
        place = next;
    }
    write!(text, r#""Call{place}":{{"Type":"Succeed"}},"Stop":{{"Type":"Fail","Error":"Stopped"}}}}}}"#)
        .expect("a string takes everything");
    text
}

fn benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parse");
    for (name, bytes) in [("typical_4_kb", 4_000), ("large_1_mb", 1_000_000)] {
        let text = chain(bytes);
        let options = Options::default();
        let parsed = parse(&text, &options);
        assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics.first());
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |bencher| bencher.iter(|| parse(black_box(&text), &options)));
    }
    group.finish();
}

criterion_group!(parsing, benches);
criterion_main!(parsing);
