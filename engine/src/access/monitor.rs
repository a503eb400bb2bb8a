//! What an operator may see of what happened, and of what comes next.

use std::collections::HashMap;

use chain::{ChainId, ContainerId};

use super::Operator;
use crate::store::journal::Entry;
use crate::store::{StoreError, chains, containers, databases, messages};
use crate::view::{
    Closed, Cursor, MessageFilter, MessageView, MessagesView, NextStepView, PlaceView, StateCount, StateName,
};

/// The actions that tell of trouble.
const TROUBLE: [&str; 8] = [
    "refused",
    "never_sent",
    "no_answer",
    "activation_failed",
    "recovery_failed",
    "broken",
    "in_doubt",
    "waiting",
];

impl Operator {
    /// A page of messages, the newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn messages(&self, filter: &MessageFilter, limit: u64) -> Result<MessagesView, StoreError> {
        let db = &self.engine.inner.db;
        // One more tells whether there are older ones.
        let mut lines = messages::list(db, self.organisation, filter, limit.saturating_add(1)).await?;
        let more = lines.len() > usize::try_from(limit).unwrap_or(usize::MAX);
        lines.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let older = lines.last().filter(|_| more).map(|line| Cursor { at: line.at, id: line.id });
        let places = Places::of(self, &lines).await?;
        let mut views = Vec::with_capacity(lines.len());
        for line in lines {
            let closed = self.closed(&line).await?;
            views.push(view(line, &places, closed));
        }
        Ok(MessagesView { messages: views, older })
    }

    /// The same for a program that reads all of them: how trouble ended is left out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn message_lines(
        &self,
        filter: &MessageFilter,
        limit: u64,
    ) -> Result<Vec<MessageView>, StoreError> {
        let lines = messages::list(&self.engine.inner.db, self.organisation, filter, limit).await?;
        let places = Places::of(self, &lines).await?;
        Ok(lines.into_iter().map(|line| view(line, &places, None)).collect())
    }

    /// How many chains are in which state, each state once.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn state_counts(&self) -> Result<Vec<StateCount>, StoreError> {
        let counted = chains::by_state(&self.engine.inner.db).await?;
        let own = counted.into_iter().filter(|(organisation, _, _)| *organisation == self.organisation);
        let own: Vec<_> = own.collect();
        let count = |state| own.iter().filter(|(_, known, _)| *known == state).map(|(_, _, many)| many).sum();
        Ok(StateName::ALL.map(|state| StateCount { state, chains: count(state) }).to_vec())
    }

    /// What Evergrant does next by itself, the nearest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn next_steps(&self, limit: u64) -> Result<Vec<NextStepView>, StoreError> {
        let db = &self.engine.inner.db;
        let rows = messages::next_steps(db, self.organisation, limit).await?;
        let ids: Vec<ChainId> = rows.iter().map(|row| row.chain.id).collect();
        let placed = messages::places(db, &ids, &[]).await?;
        let next = |row: chains::Row| {
            let (at, what) = row.wake?;
            let of_chain = placed.iter().filter(|(it, _)| it.chain == Some(row.chain.id));
            let places = of_chain.map(|(it, database)| place(it, database)).collect();
            Some(NextStepView { places, what, at })
        };
        Ok(rows.into_iter().filter_map(next).collect())
    }

    async fn closed(&self, line: &Entry) -> Result<Option<Closed>, StoreError> {
        let Some(chain) = line.chain.filter(|_| TROUBLE.contains(&line.action.as_str())) else {
            return Ok(None);
        };
        let db = &self.engine.inner.db;
        let after = Cursor { at: line.at, id: line.id };
        if let Some((action, at)) = messages::mended_after(db, chain, after).await? {
            return Ok(Some(Closed::By { action, at }));
        }
        let row = chains::find(db, chain).await?;
        Ok(Some(row.map_or(Closed::Gone, |row| Closed::Open(StateName::of(&row.chain.state)))))
    }
}

/// Where the chains and containers of some lines are.
struct Places {
    by_chain: HashMap<ChainId, Vec<PlaceView>>,
    by_container: HashMap<ContainerId, PlaceView>,
}

impl Places {
    async fn of(operator: &Operator, lines: &[Entry]) -> Result<Self, StoreError> {
        let mut chains: Vec<ChainId> = lines.iter().filter_map(|line| line.chain).collect();
        let mut ids: Vec<ContainerId> = lines.iter().filter_map(|line| line.container).collect();
        chains.sort_unstable();
        chains.dedup();
        ids.sort_unstable();
        ids.dedup();
        let mut found = Self { by_chain: HashMap::new(), by_container: HashMap::new() };
        for (row, database) in messages::places(&operator.engine.inner.db, &chains, &ids).await? {
            let place = place(&row, &database);
            if let Some(chain) = row.chain {
                found.by_chain.entry(chain).or_default().push(place.clone());
            }
            found.by_container.insert(row.id, place);
        }
        Ok(found)
    }
}

fn place(row: &containers::Row, database: &databases::Row) -> PlaceView {
    PlaceView {
        database_slug: database.slug.clone(),
        database_name: database.name.clone(),
        container: row.id,
        alias: row.alias.clone(),
    }
}

fn view(line: Entry, places: &Places, closed: Option<Closed>) -> MessageView {
    let named = line.container.and_then(|id| places.by_container.get(&id)).map(|place| vec![place.clone()]);
    let of_chain = || line.chain.and_then(|id| places.by_chain.get(&id).cloned());
    MessageView {
        places: named.or_else(of_chain).unwrap_or_default(),
        id: line.id,
        at: line.at,
        actor: line.actor,
        from_address: line.from_address,
        action: line.action,
        code: line.code,
        generation: line.generation,
        detail: line.detail,
        closed,
    }
}
