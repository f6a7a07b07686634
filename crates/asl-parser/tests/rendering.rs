//! Diagnostics as JSON, for one definition with many mistakes.

use std::path::Path;

use asl_parser::{Options, parse};

#[test]
fn diagnostics_render_as_recorded() {
    let text = include_str!("definitions/mistakes.json");
    let got = serde_json::to_string_pretty(&parse(text, &Options::default()).diagnostics).unwrap() + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expect/mistakes.json");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(path, got).unwrap();
        return;
    }
    assert_eq!(got, std::fs::read_to_string(path).unwrap(), "UPDATE_EXPECT=1 rewrites the file");
}
