//! OData v2 in verbose JSON: rows, `$select`, `$top`, `$skiptoken` and the link to the next page.

use std::fmt::Display;

use serde_json::{Map, Value, json};
use url::form_urlencoded::Serializer;

use super::filter::Filter;
use super::gate::{Asked, Refused};

/// A date as OData v2 writes it.
pub(crate) fn date(at: i64) -> Value {
    json!(format!("/Date({at})/"))
}

/// One row with its metadata; the key is what `$skiptoken` names.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    key: String,
    metadata: Value,
    fields: Map<String, Value>,
}

impl Row {
    pub(crate) fn new(base: &str, entity: &str, kind: &str, key: impl Display) -> Self {
        let key = key.to_string();
        let quoted = quote(&key);
        Self {
            metadata: json!({ "uri": format!("{base}/{entity}({quoted})"), "type": kind }),
            key,
            fields: Map::new(),
        }
    }

    pub(crate) fn with(mut self, name: &str, value: Value) -> Self {
        self.fields.insert(name.to_owned(), value);
        self
    }

    pub(crate) fn field(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }

    /// The row with the selected fields only.
    pub(crate) fn pick(mut self, select: &Select) -> Result<Value, Refused> {
        if let Some(names) = &select.0 {
            if names.iter().any(|name| !self.fields.contains_key(name)) {
                return Err(Refused::bad("$select names a property that does not exist."));
            }
            self.fields.retain(|name, _| names.contains(name));
        }
        self.fields.insert("__metadata".to_owned(), self.metadata);
        Ok(Value::Object(self.fields))
    }
}

/// Numbers stand bare, guids in `guid'…'`.
fn quote(key: &str) -> String {
    if key.parse::<i64>().is_ok() { key.to_owned() } else { format!("guid'{key}'") }
}

/// The fields that were asked for; `None` is all.
#[derive(Clone, Debug)]
pub(crate) struct Select(Option<Vec<String>>);

impl Select {
    pub(crate) fn read(asked: &Asked) -> Result<Self, Refused> {
        let names: Option<Vec<String>> =
            asked.query("$select").map(|list| list.split(',').map(|name| name.trim().to_owned()).collect());
        match names {
            Some(names) if names.iter().any(String::is_empty) => {
                Err(Refused::bad("$select has an empty name."))
            }
            Some(names) if names == ["*"] => Ok(Self(None)),
            names => Ok(Self(names)),
        }
    }
}

/// Which rows were asked for.
#[derive(Debug)]
pub(crate) struct Paging {
    select: Select,
    filter: Option<Filter>,
    /// How many are wanted at most, over all pages.
    top: Option<usize>,
    /// The key of the last row of the page before.
    after: Option<String>,
    page: usize,
}

impl Paging {
    pub(crate) fn read(asked: &Asked, page: usize) -> Result<Self, Refused> {
        let top = asked.query("$top").map(str::parse).transpose();
        let after = asked.query("$skiptoken").map(|token| {
            let bare = token.strip_prefix("guid'").and_then(|token| token.strip_suffix('\''));
            bare.unwrap_or(token).to_owned()
        });
        Ok(Self {
            select: Select::read(asked)?,
            filter: asked.query("$filter").map(Filter::read).transpose()?,
            top: top.map_err(|_| Refused::bad("$top is not a number."))?,
            after,
            page,
        })
    }
}

/// Cuts a page, with the address of the next one if rows are left.
pub(crate) fn page(
    rows: impl Iterator<Item = Row>,
    paging: &Paging,
    asked: &Asked,
    public_url: &str,
) -> Result<Value, Refused> {
    let mut seen = paging.after.is_none();
    let mut left = Vec::new();
    for row in rows {
        if !seen {
            seen = paging.after.as_ref() == Some(&row.key);
            continue;
        }
        let wanted = paging.filter.as_ref().map_or(Ok(true), |filter| filter.matches(&row))?;
        if wanted {
            left.push(row);
        }
    }
    if !seen {
        return Err(Refused::bad("$skiptoken is not valid."));
    }
    left.truncate(paging.top.unwrap_or(usize::MAX));
    let more = left.len() > paging.page;
    left.truncate(paging.page);
    let last = left.last().map(|row| quote(&row.key));

    let results: Result<Vec<Value>, Refused> = left.into_iter().map(|row| row.pick(&paging.select)).collect();
    let mut answer = json!({ "results": results? });
    if let Some(last) = last.filter(|_| more) {
        answer["__next"] = json!(next(paging, asked, public_url, &last));
    }
    Ok(json!({ "d": answer }))
}

fn next(paging: &Paging, asked: &Asked, public_url: &str, last: &str) -> String {
    let mut query = Serializer::new(String::new());
    for (name, value) in &asked.query {
        if name != "$skiptoken" && name != "$top" {
            query.append_pair(name, value);
        }
    }
    if let Some(top) = paging.top {
        query.append_pair("$top", &top.saturating_sub(paging.page).to_string());
    }
    let query = query.append_pair("$skiptoken", last).finish();
    format!("{public_url}{}?{query}", asked.path)
}
