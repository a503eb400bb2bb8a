//! Answers of a token endpoint.
#![no_main]

use engine::guard::secret::RawAnswer;
use engine::provider::oauth;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    if let Some(answer) = oauth::parse(&RawAnswer::new(body.to_vec())) {
        assert!(!answer.access_token.expose().is_empty());
        assert!(answer.refresh_token.is_none_or(|token| !token.expose().is_empty()));
        assert!(answer.expires_in.is_none_or(|life| life.as_secs() <= 31_536_000));
    }
});
