//! Which crate may know which: arrows point down only.

use tidy::workspace::Workspace;

/// Each crate and the crates of the workspace that its shipped code may use
/// directly, lowest layer first. A new arrow is a change of the design.
const MAY_USE: &[(&str, &[&str])] = &[
    ("asl-value", &[]),
    ("asl-jsonpath", &["asl-value"]),
    ("asl-jsonata", &["asl-value"]),
    ("asl-parser", &["asl-value", "asl-jsonpath", "asl-jsonata"]),
    ("asl-runtime", &["asl-value", "asl-jsonpath", "asl-jsonata", "asl-parser"]),
    ("sfn-store", &[]),
    ("sfn-store-sqlite", &["sfn-store"]),
    ("sfn-store-postgres", &["sfn-store"]),
    ("sfn-api", &["asl-value", "asl-jsonpath", "asl-jsonata", "asl-parser", "asl-runtime", "sfn-store"]),
    ("sfn-driver", &["asl-value", "asl-parser", "asl-runtime", "sfn-store", "sfn-api"]),
    ("sfn-integrations", &["asl-value", "asl-parser", "asl-runtime", "sfn-store", "sfn-api", "sfn-driver"]),
    (
        "sfn-server",
        &[
            "asl-value",
            "asl-parser",
            "asl-runtime",
            "sfn-store",
            "sfn-store-sqlite",
            "sfn-store-postgres",
            "sfn-api",
            "sfn-driver",
            "sfn-integrations",
        ],
    ),
    (
        "stepwell",
        &[
            "asl-value",
            "asl-jsonpath",
            "asl-jsonata",
            "asl-parser",
            "asl-runtime",
            "sfn-store",
            "sfn-store-sqlite",
            "sfn-api",
            "sfn-driver",
            "sfn-integrations",
            "sfn-server",
        ],
    ),
    ("conformance", &["asl-value", "asl-parser", "asl-runtime", "sfn-api", "sfn-integrations"]),
    ("fuzz-bodies", &["asl-value", "asl-jsonpath", "asl-jsonata", "asl-parser", "asl-runtime"]),
    ("tidy", &[]),
];

/// What the pure crates must not be built from, however indirectly.
const IMPURE: &[&str] = &[
    "tokio",
    "async-std",
    "smol",
    "futures-executor",
    "rand",
    "getrandom",
    "fastrand",
    "mio",
    "socket2",
    "hyper",
    "reqwest",
    "rusqlite",
    "iana-time-zone",
    "num_cpus",
    "rayon",
];

#[test]
fn crates_use_only_what_lies_below_them() {
    let workspace = Workspace::load().unwrap();
    let names: Vec<&str> = workspace.ours().map(|package| package.name.as_str()).collect();
    for package in workspace.ours() {
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == package.name) else {
            panic!("{} is not in the table of arrows", package.name);
        };
        for dependency in package.dependencies.iter().filter(|dependency| dependency.is_normal) {
            let ours = names.contains(&dependency.name.as_str());
            assert!(
                !ours || allowed.contains(&dependency.name.as_str()),
                "{} uses {}",
                package.name,
                dependency.name
            );
        }
    }
}

#[test]
fn the_table_itself_points_down() {
    for (place, (name, allowed)) in MAY_USE.iter().enumerate() {
        for below in *allowed {
            assert!(MAY_USE[..place].iter().any(|(lower, _)| lower == below), "{name} lies above {below}");
        }
    }
}

#[test]
fn pure_crates_are_built_from_pure_ones() {
    let workspace = Workspace::load().unwrap();
    for package in workspace.ours().filter(|package| package.name.starts_with("asl-")) {
        let built_from = workspace.built_from(package);
        for impure in IMPURE {
            assert!(!built_from.contains(impure), "{} is built from {impure}", package.name);
        }
        for dependency in package.dependencies.iter().filter(|one| one.is_normal && one.name == "chrono") {
            let clock = dependency.features.iter().any(|feature| feature == "clock" || feature == "now");
            assert!(!dependency.default_features && !clock, "{} gives chrono a clock", package.name);
        }
    }
}
