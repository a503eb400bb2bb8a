use chain::Wake;

const WORDS: [(Wake, &str); 10] = [
    (Wake::KeepWarm, "keep_warm"),
    (Wake::KeepAlive, "keep_alive"),
    (Wake::Activate, "activate"),
    (Wake::Expire, "expire"),
    (Wake::LeaseEnds, "lease_ends"),
    (Wake::Resend, "resend"),
    (Wake::GiveUp, "give_up"),
    (Wake::Retry, "retry"),
    (Wake::RecoveryEnds, "recovery_ends"),
    (Wake::RecoverAgain, "recover_again"),
];

/// The word for what happens next by itself.
pub(crate) const fn word(wake: Wake) -> &'static str {
    match wake {
        Wake::KeepWarm => WORDS[0].1,
        Wake::KeepAlive => WORDS[1].1,
        Wake::Activate => WORDS[2].1,
        Wake::Expire => WORDS[3].1,
        Wake::LeaseEnds => WORDS[4].1,
        Wake::Resend => WORDS[5].1,
        Wake::GiveUp => WORDS[6].1,
        Wake::Retry => WORDS[7].1,
        Wake::RecoveryEnds => WORDS[8].1,
        Wake::RecoverAgain => WORDS[9].1,
    }
}

pub(super) fn from_word(text: &str) -> Option<Wake> {
    WORDS.into_iter().find(|(_, known)| *known == text).map(|(wake, _)| wake)
}
