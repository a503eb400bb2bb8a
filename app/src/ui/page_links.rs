use super::Icon;
use leptos::prelude::*;

/// The pages to link to around `page` of `pages`: the first, the last and the nearest ones; a gap
/// is `None`.
pub fn pages_around(page: u64, pages: u64) -> Vec<Option<u64>> {
    let near = page.saturating_sub(1)..=page.saturating_add(1);
    let shown: Vec<u64> = (1..=pages).filter(|n| *n == 1 || *n == pages || near.contains(n)).collect();
    let mut links = Vec::with_capacity(shown.len() + 2);
    for (index, number) in shown.iter().enumerate() {
        match index.checked_sub(1).and_then(|before| shown.get(before)) {
            // A gap of one is filled: the dots would take the same room.
            Some(before) if number - before == 2 => links.push(Some(number - 1)),
            Some(before) if number - before > 2 => links.push(None),
            Some(_) | None => {}
        }
        links.push(Some(*number));
    }
    links
}

/// Links to the pages of a list; nothing when there is one page only.
#[component]
pub fn PageLinks(
    /// The page shown, from 1 on.
    page: u64,
    /// How many there are.
    pages: u64,
    /// What the links are for, such as "Pages".
    label: String,
    /// What the link to the page before says.
    previous: String,
    /// What the link to the page after says.
    next: String,
    /// The address of a page.
    address: Box<dyn Fn(u64) -> String>,
) -> impl IntoView {
    let number = |to: Option<u64>| match to {
        None => view! { <li class="gap" aria-hidden="true">"…"</li> }.into_any(),
        Some(to) => view! {
            <li>
                <a href=address(to) aria-current=(to == page).then_some("page")>
                    {to.to_string()}
                </a>
            </li>
        }
        .into_any(),
    };
    let numbers = pages_around(page, pages).into_iter().map(number).collect_view();
    let back = (page > 1).then(|| {
        view! { <li><a rel="prev" href=address(page - 1) aria-label=previous><Icon name="previous"/></a></li> }
    });
    let on = (page < pages).then(|| {
        view! { <li><a rel="next" href=address(page + 1) aria-label=next><Icon name="next"/></a></li> }
    });
    (pages > 1).then(|| view! { <nav class="pages" aria-label=label><ul>{back} {numbers} {on}</ul></nav> })
}

#[cfg(test)]
mod tests {
    use super::pages_around;

    #[test]
    fn far_pages_are_left_out_and_single_ones_are_not() {
        let shown = |page, pages| -> String {
            pages_around(page, pages)
                .into_iter()
                .map(|link| link.map_or_else(|| "… ".to_owned(), |n| format!("{n} ")))
                .collect()
        };
        assert_eq!(shown(1, 1), "1 ");
        assert_eq!(shown(1, 20), "1 2 … 20 ");
        assert_eq!(shown(3, 20), "1 2 3 4 … 20 ");
        assert_eq!(shown(4, 20), "1 2 3 4 5 … 20 ");
        assert_eq!(shown(10, 20), "1 … 9 10 11 … 20 ");
        assert_eq!(shown(20, 20), "1 … 19 20 ");
    }
}
