//! One-time secrets: pictures, and what people type.
#![no_main]

use engine::guard::one_time::OneTime;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = OneTime::from_picture(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = OneTime::parse(text);
    }
});
