use super::{PAGE, words};
use crate::language::{Language, say};
use engine::view::{Receipt, Went};
use leptos::prelude::*;

/// What the purge took of late, and what it would take now.
#[component]
pub fn Purged(
    /// The language.
    language: Language,
    /// The receipts of the last days.
    receipts: Vec<Receipt>,
    /// What would go now, where somebody asked.
    dry_run: Option<Vec<Went>>,
) -> impl IntoView {
    let dry_run = dry_run.map(|went| {
        let empty = say!(language, "policies.would_go_none");
        view! {
            <h3 id="dry-run">{say!(language, "policies.would_go")}</h3>
            <Sums language went labelled="dry-run" empty/>
        }
    });
    view! {
        <section class="card" id="purge" aria-labelledby="purge-title">
            <h2 id="purge-title">{say!(language, "policies.purge")}</h2>
            <p class="lead">{say!(language, "policies.purge_text")}</p>
            <p>
                <a class="button" href=format!("{PAGE}?purge=dry-run#purge")>{say!(language, "policies.dry_run")}</a>
            </p>
            {dry_run}
            <h3 id="receipts">{say!(language, "policies.receipts")}</h3>
            <Sums
                language
                went=summed(&receipts)
                labelled="receipts"
                empty=say!(language, "policies.receipts_none")
            />
        </section>
    }
}

/// The receipts over all hours.
fn summed(receipts: &[Receipt]) -> Vec<Went> {
    let mut sums: Vec<Went> = Vec::new();
    for receipt in receipts {
        let same = |sum: &&mut Went| sum.what == receipt.what && sum.criterion == receipt.criterion;
        match sums.iter_mut().find(same) {
            Some(sum) => sum.amount += receipt.amount,
            None => {
                let Receipt { what, criterion, amount, .. } = *receipt;
                sums.push(Went { what, criterion, amount });
            }
        }
    }
    sums.sort_by_key(|sum| std::cmp::Reverse(sum.amount));
    sums
}

#[component]
fn Sums(language: Language, went: Vec<Went>, labelled: &'static str, empty: String) -> impl IntoView {
    if went.is_empty() {
        return view! { <p class="quiet">{empty}</p> }.into_any();
    }
    let label = |column: &str| language.text(&format!("policies.column.{column}"));
    let columns =
        ["what", "criterion", "amount"].map(|column| view! { <th scope="col">{label(column)}</th> });
    let rows = went
        .into_iter()
        .map(|it| {
            view! {
                <tr>
                    <th scope="row">{words::what(language, it.what)}</th>
                    <td data-label=label("criterion")>{words::criterion(language, it.criterion)}</td>
                    <td data-label=label("amount") class="figure">{it.amount.to_string()}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="list" aria-labelledby=labelled>
            <thead><tr>{columns.into_iter().collect_view()}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chain::Time;
    use engine::view::{Criterion, What};

    #[test]
    fn receipts_are_summed_up_over_the_hours() {
        let receipt = |hour, what, amount| Receipt {
            hour: Time::from_millis(hour),
            what,
            criterion: Criterion::Expired,
            amount,
        };
        let receipts =
            [receipt(2, What::Session, 3), receipt(1, What::Session, 4), receipt(1, What::Answer, 9)];
        let sums: Vec<_> = summed(&receipts).into_iter().map(|sum| (sum.what, sum.amount)).collect();
        assert_eq!(sums, [(What::Answer, 9), (What::Session, 7)]);
    }
}
