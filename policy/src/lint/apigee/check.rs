//! The checks of one policy.

use std::ops::Range;
use std::time::Duration;

use roxmltree::Node;

use super::correct::{Desk, child, children};
use super::operation::Operation;
use super::written::{Meaning, Written, text_of};
use crate::lint::finding::plain;
use crate::lint::{Correction, Finding, Origin, Place, Rule, Thing, Value};
use crate::{Kind, Warning};

const ACCESS: &str = "ExpiresIn";
const REFRESH: &str = "RefreshTokenExpiresIn";
const OPERATION: &str = "Operation";
const GRANTS: &str = "SupportedGrantTypes";
const GRANT: &str = "GrantType";
/// The grant to use instead of one that is unsafe.
const BETTER: &str = "authorization_code";

/// A policy that is being checked.
pub(super) struct Check<'a> {
    origin: &'a Origin,
    source: &'a str,
    root: Node<'a, 'a>,
    desk: Desk<'a>,
    policy: Option<String>,
    findings: Vec<Finding>,
}

/// A lifetime that is looked at.
#[derive(Clone, Copy)]
struct Item {
    element: &'static str,
    thing: Thing,
    recommended: Duration,
}

/// What came of looking at a lifetime.
#[derive(Clone, Copy)]
struct Seen<'a> {
    node: Node<'a, 'a>,
    lifetime: Duration,
    reference: Option<&'a str>,
    /// Neither too long nor too short.
    fits: bool,
}

impl<'a> Check<'a> {
    pub(super) fn new(origin: &'a Origin, source: &'a str, root: Node<'a, 'a>) -> Self {
        let policy = root.attribute("name").map(plain);
        Self { origin, source, root, desk: Desk { source, root }, policy, findings: Vec::new() }
    }

    pub(super) fn run(mut self) -> Vec<Finding> {
        let Some(operation) = self.operation() else {
            return self.findings;
        };
        let grants = self.grants();
        let words: Vec<String> = grants.iter().map(|grant| text_of(*grant)).collect();
        if operation.has_grants() {
            self.check_grants(&grants, &words);
        }
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let reuses = child(self.root, "ReuseRefreshToken").is_some_and(|node| text_of(node) == "true");
        let access = operation.expires().and_then(|thing| {
            self.lifetime(Item { element: ACCESS, thing, recommended: thing.recommended_most() })
        });
        if operation.refreshes(&words, reuses) {
            let step = access.filter(|seen| seen.fits).map(|seen| seen.lifetime);
            let thing = Thing::Kind(Kind::RefreshToken);
            let refresh = self.lifetime(Item { element: REFRESH, thing, recommended: recommended_for(step) });
            if let (Some(access), Some(refresh)) = (access, refresh) {
                self.check_pair(access, refresh);
            }
        }
        self.findings
    }

    /// What the policy does; nothing can be said of one that does something unknown.
    fn operation(&mut self) -> Option<Operation> {
        let node = child(self.root, OPERATION);
        let word = node.map(text_of).unwrap_or_default();
        let known = Operation::of(&word);
        match (known, node) {
            (Some(Operation::GenerateImplicit), Some(node)) => {
                let better = self.desk.element(OPERATION, "GenerateAuthorizationCode", None);
                let correction = self.desk.replace(&node.range(), better);
                self.found(Rule::GrantImplicit, OPERATION, node.range()).corrected(correction);
            }
            (None, Some(node)) => {
                let meant = Operation::meant(&word).map(|name| self.desk.element(OPERATION, name, None));
                let correction = meant.map(|element| self.desk.replace(&node.range(), element));
                let found = self.found(Rule::OperationUnknown, OPERATION, node.range());
                found.value = Value::Text(plain(&word));
                found.correction = correction;
                found.code = Some("InvalidOperation");
            }
            (Some(_), _) | (None, None) => {}
        }
        known
    }

    fn grants(&self) -> Vec<Node<'a, 'a>> {
        children(self.root, GRANTS).flat_map(|list| children(list, GRANT)).collect()
    }

    fn check_grants(&mut self, grants: &[Node<'a, 'a>], words: &[String]) {
        if grants.is_empty() {
            let list = self.desk.element(GRANTS, &self.desk.element(GRANT, BETTER, None), None);
            let correction = match child(self.root, GRANTS) {
                Some(empty) => self.desk.replace(&empty.range(), list),
                None => self.desk.insert(list, &[REFRESH, ACCESS, OPERATION]),
            };
            self.found(Rule::GrantsUnsaid, GRANTS, self.desk.name()).corrected(correction);
            return;
        }
        for (word, rule) in [("password", Rule::GrantPassword), ("implicit", Rule::GrantImplicit)] {
            let Some(at) = words.iter().position(|it| it == word) else {
                continue;
            };
            let others = words.iter().any(|it| it != "password" && it != "implicit");
            let better = if others { String::new() } else { self.desk.element(GRANT, BETTER, None) };
            let Some(range) = grants.get(at).map(Node::range) else {
                continue;
            };
            let correction = self.desk.replace(&range, better);
            self.found(rule, GRANT, range).corrected(correction);
        }
    }

    /// Looks at a lifetime by itself; returns it if it is one.
    fn lifetime(&mut self, item: Item) -> Option<Seen<'a>> {
        let Item { element, thing, recommended } = item;
        let mut nodes = children(self.root, element);
        let Some(node) = nodes.next() else {
            let after: &[&str] = if element == REFRESH { &[ACCESS, OPERATION] } else { &[OPERATION] };
            let correction = self.desk.insert(self.desk.lifetime(element, recommended, None), after);
            self.item(Rule::LifetimeMissing, item, self.desk.name()).corrected(correction);
            return None;
        };
        if let Some(again) = nodes.next() {
            let correction = self.desk.replace(&again.range(), String::new());
            self.item(Rule::LifetimeTwice, item, again.range()).corrected(correction);
        }
        let written = Written::of(node, self.source);
        let reference = written.reference.map(|(_, attribute)| attribute);
        let correct =
            |desk: Desk<'_>| desk.replace(&node.range(), desk.lifetime(element, recommended, reference));
        let correction = correct(self.desk);
        let lifetime = match (written.meaning(), written.reference) {
            (Meaning::Lifetime(lifetime), _) => lifetime,
            (Meaning::Nothing, Some((variable, _))) => {
                let found = self.item(Rule::LifetimeAtRunTime, item, node.range());
                found.value = Value::Text(plain(variable));
                found.corrected(correction);
                return None;
            }
            (Meaning::Nothing, None) => {
                self.item(Rule::LifetimeMissing, item, node.range()).corrected(correction);
                return None;
            }
            (Meaning::Endless, _) => {
                let found = self.item(Rule::LifetimeEndless, item, node.range());
                found.value = Value::Text(written.text);
                found.corrected(correction);
                return None;
            }
            (Meaning::Invalid, _) => {
                let found = self.item(Rule::LifetimeInvalid, item, node.range());
                found.value = Value::Text(plain(&written.text));
                found.code = Some(match thing {
                    Thing::Kind(Kind::RefreshToken) => "InvalidValueForRefreshTokenExpiresIn",
                    Thing::Kind(_) | Thing::Code => "InvalidValueForExpiresIn",
                });
                found.corrected(correction);
                return None;
            }
        };
        let least = match thing {
            Thing::Kind(kind) => kind.outermost().least,
            Thing::Code => Duration::ZERO,
        };
        let unfit = if lifetime > thing.recommended_most() {
            Some(Rule::LifetimeLong)
        } else {
            (lifetime < least).then_some(Rule::LifetimeShort)
        };
        if let Some(rule) = unfit {
            let found = self.item(rule, item, node.range());
            found.value = Value::Lifetime(lifetime);
            found.corrected(correction);
        }
        Some(Seen { node, lifetime, reference, fits: unfit.is_none() })
    }

    /// Looks at two lifetimes that belong together, each of which is sound.
    fn check_pair(&mut self, access: Seen<'a>, refresh: Seen<'a>) {
        if !access.fits || !refresh.fits {
            return;
        }
        let (rule, better) = if refresh.lifetime < access.lifetime {
            (Rule::RefreshEndsFirst, recommended_for(Some(access.lifetime)))
        } else if let Some(Warning::NoMultiple { nearest, .. }) =
            Warning::of_pair(access.lifetime, refresh.lifetime)
        {
            (Rule::RefreshNoMultiple, nearest)
        } else {
            return;
        };
        let element = self.desk.lifetime(REFRESH, better, refresh.reference);
        let correction = self.desk.replace(&refresh.node.range(), element);
        let item = Item { element: REFRESH, thing: Thing::Kind(Kind::RefreshToken), recommended: better };
        let found = self.item(rule, item, refresh.node.range());
        found.value = Value::Lifetime(refresh.lifetime);
        found.against = Some(access.lifetime);
        found.corrected(correction);
    }

    fn item(&mut self, rule: Rule, item: Item, range: Range<usize>) -> &mut Finding {
        let found = self.found(rule, item.element, range);
        found.thing = item.thing;
        found.recommended = Some(item.recommended);
        found
    }

    fn found(&mut self, rule: Rule, element: &str, range: Range<usize>) -> &mut Finding {
        self.findings.push(Finding {
            rule,
            code: None,
            origin: self.origin.clone(),
            place: Place::of(self.source, &range),
            policy: self.policy.clone(),
            element: element.to_owned(),
            thing: Thing::Kind(Kind::AccessToken),
            value: Value::Nothing,
            against: None,
            recommended: None,
            correction: None,
        });
        let last = self.findings.len() - 1;
        &mut self.findings[last]
    }
}

impl Finding {
    fn corrected(&mut self, correction: Correction) {
        self.correction = Some(correction);
    }
}

/// The lifetime that is recommended for refresh tokens beside access tokens that live so long, or as
/// long as is recommended: the largest multiple that is not over what is wise.
fn recommended_for(access: Option<Duration>) -> Duration {
    let most = Thing::Kind(Kind::RefreshToken).recommended_most();
    let access = access.unwrap_or_else(|| Thing::Kind(Kind::AccessToken).recommended_most());
    match Warning::of_pair(access, most) {
        Some(Warning::NoMultiple { nearest, .. }) => nearest,
        Some(Warning::LeftToDefault { .. } | Warning::OverRecommended { .. }) | None => most,
    }
}
