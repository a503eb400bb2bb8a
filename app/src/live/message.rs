use super::{Message, Repairs};
use crate::language::Language;
use crate::words;
use chain::Time;
use engine::LiveEvent;

/// One event of the stream as JSON, in the language of the page that listens.
pub fn message(event: &LiveEvent, language: Language, now: Time) -> String {
    let containers = event
        .containers
        .iter()
        .map(|(id, status)| words::container(language, *id, status, now.millis()))
        .collect();
    let newest = event.newest.map(|newest| format!("{:032x}", newest.id));
    let repairs: Repairs = words::repairs(language, event.repairs);
    let message = Message { now: now.millis(), repairs, containers, newest };
    serde_json::to_string(&message).expect("texts and numbers are always JSON")
}

#[cfg(test)]
mod tests {
    use super::*;
    use chain::{ContainerId, Fault};
    use engine::view::{ContainerStatus, RecoveryMark, RunKind, StateName};

    #[test]
    fn an_event_says_the_same_in_the_browser_as_on_the_server() {
        let status = ContainerStatus {
            state: StateName::Broken,
            fault: Some(Fault::OldRefreshTokenUsed),
            since: Some(Time::from_millis(5)),
            generation: Some(3),
            access_until: Some(Time::from_millis(600_000)),
            refresh_until: None,
            last_refreshed_at: Some(Time::from_millis(0)),
            refresh_from: None,
            next_step: None,
            recovery: RecoveryMark {
                expires_at: Some(Time::from_millis(8 * 86_400_000)),
                running: Some((RunKind::Run, 3)),
                ..RecoveryMark::NONE
            },
        };
        let event = LiveEvent { repairs: 1, containers: vec![(ContainerId(7), status)], newest: None };
        let text = message(&event, Language::Dutch, Time::from_millis(1_000));
        let read: Message = serde_json::from_str(&text).expect("it is JSON");
        assert_eq!(read.now, 1_000);
        assert_eq!(read.repairs.count, 1);
        let container = read.containers.first().expect("there is one");
        assert_eq!(container.id, "00000000000000000000000000000007");
        assert_eq!(container.standing.state, "broken");
        assert_eq!(container.standing.fault.as_ref().map(|fault| fault.code.as_str()), Some("itgenoda494"));
        assert_eq!(container.access_until, Some(600_000));
        assert_eq!((container.shield.look.as_str(), container.shield.days.as_str()), ("on", "8 d"));
        let running = container.shield.running.as_deref().expect("a run goes");
        assert!(running.contains("3 van 5"), "{running}");
    }
}
