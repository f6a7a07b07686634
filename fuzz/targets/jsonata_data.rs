//! Fuzzes the target of the same name in fuzz-bodies.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some(body) = fuzz_bodies::body("jsonata_data") {
        body(bytes);
    }
});
