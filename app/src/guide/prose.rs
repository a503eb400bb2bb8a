use super::Topic;
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, html};

/// Markdown of ours as HTML; links to other topics lead to their pages.
pub fn html_of(markdown: &str) -> String {
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES).map(led_on);
    let mut out = String::with_capacity(markdown.len() * 3 / 2);
    html::push_html(&mut out, events);
    out
}

fn led_on(event: Event<'_>) -> Event<'_> {
    let Event::Start(Tag::Link { link_type, dest_url, title, id }) = event else { return event };
    let topic = dest_url.strip_suffix(".md").and_then(Topic::named);
    let dest_url = topic.map_or(dest_url, |topic| CowStr::from(topic.address()));
    Event::Start(Tag::Link { link_type, dest_url, title, id })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn every_topic_begins_with_its_title_and_leads_to_pages_that_are_there() {
        for language in Language::ALL {
            for topic in Topic::ALL {
                let html = html_of(topic.text(language));
                assert!(html.starts_with("<h1>"), "{}", topic.name());
                assert!(!topic.title(language).is_empty());
                assert!(!html.contains(".md\""), "{} leads to a file", topic.name());
            }
        }
    }

    #[test]
    fn both_languages_say_the_same_things() {
        let shape =
            |html: &str| ["<h2>", "<li>", "<p>", "<a ", "<strong>"].map(|tag| html.matches(tag).count());
        for topic in Topic::ALL {
            let [english, dutch] = Language::ALL.map(|language| shape(&html_of(topic.text(language))));
            assert_eq!(english, dutch, "{}", topic.name());
        }
    }
}
