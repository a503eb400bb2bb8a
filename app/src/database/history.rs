//! A chain as a picture, read off its journal.

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
    // What came before the newest link, or before a break after it, is past.
    let mut newest_seen = false;
    for entry in journal {
        let at = entry.at.millis();
        match (entry.action.as_str(), entry.generation) {
            ("linked" | "adopted" | "refreshed" | "recovered", Some(generation)) => {
                let how = entry.action.clone();
                pieces.push(Piece::Link { generation, how, at, present: !newest_seen });
                newest_seen = true;
            }
            _ if entry.detail.as_deref() == Some(BROKEN) => {
                pieces.push(Piece::Break { code: entry.code.clone(), at });
                newest_seen = true;
            }
            _ => {}
        }
        if pieces.len() == MOST {
            break;
        }
    }
    pieces.reverse();
    pieces
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
    fn a_long_chain_shows_its_newest_links() {
        let journal: Vec<_> = (0..40).rev().map(|n| entry(n, "refreshed", n as u32, None)).collect();
        let shown = pieces(&journal);
        assert_eq!(shown.len(), MOST);
        assert!(matches!(shown.last(), Some(Piece::Link { generation: 39, present: true, .. })));
    }
}
