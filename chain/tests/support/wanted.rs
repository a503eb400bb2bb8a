//! Effects in words.

use chain::{Alert, Effect, Time};

use crate::rules::{DAY, seconds};

pub fn effects(effects: &[Effect]) -> String {
    effects.iter().map(effect).collect::<Vec<_>>().join(", ")
}

fn effect(effect: &Effect) -> String {
    match effect {
        Effect::Prepare { attempt } => format!("prepare #{attempt}"),
        Effect::Send { attempt, generation, deadline } => {
            format!("send g{generation} #{attempt} by {}", clock(*deadline))
        }
        Effect::Activate { generation } => format!("activate g{generation}"),
        Effect::KeepBeside => "keep beside".to_owned(),
        Effect::Recover { attempt } => format!("recover #{attempt}"),
        Effect::Alert(Alert::NeedsRepair(fault)) => format!("alert {fault:?}"),
        Effect::Alert(Alert::Repaired) => "alert repaired".to_owned(),
        Effect::Alert(Alert::RecoveredByItself) => "alert recovered".to_owned(),
        Effect::Alert(Alert::RecoveryBlocked) => "alert recovery blocked".to_owned(),
    }
}

/// Seconds after the morning, with the days apart: `30d+700`.
pub fn clock(time: Time) -> String {
    let seconds = seconds(time);
    match (seconds.div_euclid(DAY), seconds.rem_euclid(DAY)) {
        (0, rest) => rest.to_string(),
        (days, 0) => format!("{days}d"),
        (days, rest) => format!("{days}d+{rest}"),
    }
}
