use crate::language::{Language, say};
use crate::typed::Strength;
use engine::guard::secret::{Password, UserName};
use zxcvbn::feedback::Warning;
use zxcvbn::zxcvbn;

/// More characters than this change nothing about the strength of a password, only the time it takes.
const MOST: usize = 100;

/// How strong a password is for somebody with this user name.
pub fn strength(language: Language, password: &Password, user_name: &UserName) -> Strength {
    let password: String = password.expose().chars().take(MOST).collect();
    let about: Vec<&str> =
        user_name.expose().split(['@', '.', '-', '_']).chain([user_name.expose()]).collect();
    let found = zxcvbn(&password, &about);
    let score = u8::from(found.score());
    let why = found.feedback().and_then(|feedback| feedback.warning()).map(|it| warning(language, it));
    Strength { score, words: language.text(&format!("strength.score.{}", score.min(4))), why }
}

fn warning(language: Language, warning: Warning) -> String {
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess => {
            say!(language, "strength.why.keyboard")
        }
        Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => {
            say!(language, "strength.why.repeats")
        }
        Warning::ThisIsATop10Password
        | Warning::ThisIsATop100Password
        | Warning::ThisIsACommonPassword
        | Warning::ThisIsSimilarToACommonlyUsedPassword => say!(language, "strength.why.common"),
        Warning::SequencesLikeAbcAreEasyToGuess => say!(language, "strength.why.sequence"),
        Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess => {
            say!(language, "strength.why.date")
        }
        Warning::AWordByItselfIsEasyToGuess => say!(language, "strength.why.word"),
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
        | Warning::CommonNamesAndSurnamesAreEasyToGuess => say!(language, "strength.why.name"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(password: &str) -> Strength {
        let name = UserName::new("robot@bakkerij-jansen.nl".to_owned());
        strength(Language::English, &Password::new(password.to_owned()), &name)
    }

    #[test]
    fn a_common_password_is_weak_and_a_long_sentence_is_strong() {
        let weak = score("password1");
        assert_eq!(weak.score, 0);
        assert!(weak.why.is_some_and(|why| why.contains("common")));
        assert_eq!(score("violet harbour sings 41 tractors").score, 4);
    }

    #[test]
    fn a_password_that_resembles_the_user_name_is_weak() {
        assert!(score("bakkerijjansen").score < score("bvkkprijjqnzfw").score);
    }

    #[test]
    fn a_password_of_a_megabyte_takes_no_longer_than_one_of_a_line() {
        assert_eq!(score(&"x1".repeat(500_000)), score(&"x1".repeat(50)));
    }
}
