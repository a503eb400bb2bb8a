//! A chain as a picture, read off its journal.

use chain::RecoveryFailure;
use engine::view::JournalEntry;

/// The most pieces that are shown.
const MOST: usize = 16;

/// A piece of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A link.
    Link {
        /// Its number.
        generation: u32,
        /// The journal's word for how it came.
        how: String,
        /// When.
        at: i64,
        /// Whether it is the newest one, and unbroken.
        present: bool,
    },
    /// A break.
    Break {
        /// The code of the cause.
        code: Option<String>,
        /// When.
        at: i64,
    },
}

/// The newest pieces of a chain, oldest first. The journal is newest first.
pub fn pieces(journal: &[JournalEntry]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    // The newest code since the newest link; the one of a failed recovery is not what broke the chain.
    let mut cause: Option<(String, i64)> = None;
    for entry in journal.iter().rev() {
        let at = entry.at.millis();
        let code = entry.code.clone().filter(|code| RecoveryFailure::from_code(code).is_none());
        cause = code.map(|code| (code, at)).or(cause);
        let is_broken = matches!(pieces.last(), Some(Piece::Break { .. }));
        let broke = entry.detail.as_deref() == Some(BROKEN) || entry.action == "recovered";
        if broke && !is_broken {
            let (code, at) = cause.clone().map_or((None, at), |(code, at)| (Some(code), at));
            pieces.push(Piece::Break { code, at });
        }
        if let ("linked" | "adopted" | "refreshed" | "recovered", Some(generation)) =
            (entry.action.as_str(), entry.generation)
        {
            let how = entry.action.clone();
            pieces.push(Piece::Link { generation, how, at, present: false });
            cause = None;
        }
    }
    if let Some(Piece::Link { present, .. }) = pieces.last_mut() {
        *present = true;
    }
    pieces.split_off(pieces.len().saturating_sub(MOST))
}

/// How the journal marks the line with which a chain broke.
const BROKEN: &str = "needs a person";

#[cfg(test)]
mod tests {
    use super::*;
    use chain::Time;

    fn entry(at: i64, action: &str, generation: u32, code: Option<&str>) -> JournalEntry {
        JournalEntry {
            at: Time::from_millis(at),
            actor: "system".to_owned(),
            action: action.to_owned(),
            code: code.map(str::to_owned),
            generation: Some(generation),
            detail: code.map(|_| BROKEN.to_owned()),
        }
    }

    #[test]
    fn a_chain_reads_from_its_first_link_to_the_present_one_over_its_breaks() {
        let journal = [
            entry(50, "activated", 3, None),
            entry(40, "linked", 3, None),
            entry(30, "refused", 2, Some("itgenoda494")),
            entry(20, "refreshed", 2, None),
            entry(10, "linked", 1, None),
        ];
        let link =
            |generation, how: &str, at, present| Piece::Link { generation, how: how.to_owned(), at, present };
        assert_eq!(
            pieces(&journal),
            [
                link(1, "linked", 10, false),
                link(2, "refreshed", 20, false),
                Piece::Break { code: Some("itgenoda494".to_owned()), at: 30 },
                link(3, "linked", 40, true),
            ]
        );
    }

    #[test]
    fn a_broken_chain_has_no_present_link() {
        let journal = [entry(30, "refused", 2, Some("itgenoda494")), entry(20, "refreshed", 2, None)];
        let lit = pieces(&journal).iter().any(|piece| matches!(piece, Piece::Link { present: true, .. }));
        assert!(!lit, "{:?}", pieces(&journal));
    }

    #[test]
    fn a_chain_that_healed_by_itself_shows_what_broke_it() {
        let healed = |action: &str| JournalEntry { detail: None, ..entry(40, action, 3, None) };
        let refused = JournalEntry { detail: None, ..entry(30, "refused", 2, Some("itgenoda494")) };
        let journal = [healed("recovered"), refused, entry(20, "refreshed", 2, None)];
        let shown = pieces(&journal);
        let broke = Piece::Break { code: Some("itgenoda494".to_owned()), at: 30 };
        assert_eq!(shown.get(1), Some(&broke), "{shown:?}");
        assert!(matches!(shown.last(), Some(Piece::Link { generation: 3, present: true, .. })), "{shown:?}");
    }

    #[test]
    fn a_failed_recovery_is_not_what_broke_a_chain() {
        let failed = entry(40, "recovery_failed", 2, Some("evg201"));
        let refused = JournalEntry { detail: None, ..entry(30, "refused", 2, Some("itgenoda494")) };
        let shown = pieces(&[failed, refused, entry(20, "refreshed", 2, None)]);
        assert_eq!(shown.last(), Some(&Piece::Break { code: Some("itgenoda494".to_owned()), at: 30 }));
    }

    #[test]
    fn a_long_chain_shows_its_newest_links() {
        let journal: Vec<_> = (0..40).rev().map(|n| entry(n, "refreshed", n as u32, None)).collect();
        let shown = pieces(&journal);
        assert_eq!(shown.len(), MOST);
        assert!(matches!(shown.last(), Some(Piece::Link { generation: 39, present: true, .. })));
    }
}
