//! Questions to the store that wait at the same time and share one way there: a query or a commit costs far
//! more than what is asked for in it.
//!
//! Whoever asks first begins the work; whoever asks while it is under way is in the next one. So a question
//! is only ever answered by what was read, or written, after it was asked.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use crate::engine::{Engine, Inner};
use crate::store::StoreError;

/// Rows that are read in one query, and queries that are made side by side, at most.
pub(crate) const READ_AT_ONCE: usize = 64;

/// Those who wait for answers of one kind.
pub(crate) struct Gathered<Q, A> {
    most: usize,
    waiting: Mutex<Vec<(Q, oneshot::Sender<A>)>>,
    turn: tokio::sync::Mutex<()>,
}

impl<Q, A> Gathered<Q, A> {
    /// Nobody yet; at most so many are answered at once.
    pub(crate) fn of(most: usize) -> Self {
        Self { most, waiting: Mutex::default(), turn: tokio::sync::Mutex::default() }
    }

    /// Asks; whoever is told to be the first lets [`Self::answer`] run, whether it waits for it or not.
    fn ask(&self, question: Q) -> (oneshot::Receiver<A>, bool) {
        let (answer, heard) = oneshot::channel();
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.push((question, answer));
        (heard, waiting.len() == 1)
    }

    /// Answers until nobody waits; `work` answers in the order of the questions.
    async fn answer<F>(&self, work: impl Fn(Vec<Q>) -> F)
    where
        F: Future<Output = Vec<A>>,
    {
        let _turn = self.turn.lock().await;
        let _left = Left(&self.waiting);
        loop {
            let (questions, answers): (Vec<Q>, Vec<_>) = {
                let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
                let many = waiting.len().min(self.most);
                waiting.drain(..many).unzip()
            };
            if questions.is_empty() {
                return;
            }
            for (answer, said) in answers.into_iter().zip(work(questions).await) {
                // Nobody hears it who hung up meanwhile.
                drop(answer.send(said));
            }
        }
    }
}

/// Those who are left waiting when the work for others ends in a panic: nobody would come for them.
struct Left<'a, Q, A>(&'a Mutex<Vec<(Q, oneshot::Sender<A>)>>);

impl<Q, A> Drop for Left<'_, Q, A> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }
}

impl Engine {
    /// Asks together with all who ask the same kind of thing at this moment. The work goes on for the others
    /// when one who asked hangs up.
    ///
    /// # Errors
    /// The work did not come to its end.
    pub(crate) async fn ask_together<Q, A, F>(
        &self,
        among: fn(&Inner) -> &Gathered<Q, A>,
        question: Q,
        work: fn(Self, Vec<Q>) -> F,
    ) -> Result<A, StoreError>
    where
        Q: Send + 'static,
        A: Send + 'static,
        F: Future<Output = Vec<A>> + Send + 'static,
    {
        let (heard, first) = among(&self.inner).ask(question);
        if first {
            let engine = self.clone();
            drop(self.begin(async move {
                let work = |questions| work(engine.clone(), questions);
                among(&engine.inner).answer(work).await;
            }));
        }
        heard.await.map_err(|_| StoreError::Interrupted)
    }
}

/// What was found under each of the keys, or why it could not be read.
pub(crate) type Found<K, V> = HashMap<K, Result<Option<V>, Arc<StoreError>>>;

/// Reads what there is under these keys in one query. Where one of the rows says something impossible, each is
/// read by itself: that is nothing to those who ask for the others.
pub(crate) async fn read<K, V, F>(asked: &[K], all: impl Fn(Vec<K>) -> F) -> Found<K, V>
where
    K: Clone + Eq + Hash,
    F: Future<Output = Result<HashMap<K, V>, StoreError>>,
{
    let keys: HashSet<&K> = asked.iter().collect();
    match all(keys.iter().copied().cloned().collect()).await {
        Ok(mut found) => keys.into_iter().map(|key| (key.clone(), Ok(found.remove(key)))).collect(),
        Err(error) if keys.len() > 1 && error.is_of_a_row() => {
            let mut each = HashMap::with_capacity(keys.len());
            for key in keys {
                let found = all(vec![key.clone()]).await.map(|mut found| found.remove(key));
                each.insert(key.clone(), found.map_err(Arc::new));
            }
            each
        }
        Err(error) => {
            let error = Arc::new(error);
            keys.into_iter().map(|key| (key.clone(), Err(Arc::clone(&error)))).collect()
        }
    }
}

/// Gives each who asked what was found for it; two may have asked for the same.
pub(crate) fn share<K: Eq + Hash, V: Clone>(
    asked: &[K],
    found: &Found<K, V>,
) -> Vec<Result<Option<V>, StoreError>> {
    let of = |key| match found.get(key) {
        Some(Ok(value)) => Ok(value.clone()),
        Some(Err(error)) => Err(Arc::clone(error).into()),
        None => Ok(None),
    };
    asked.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::future::ready;

    use super::*;

    #[tokio::test]
    async fn everybody_gets_the_own_answer_and_one_is_the_first() {
        let gathered = Gathered::<u32, u32>::of(2);
        let asked: Vec<_> = (0..5).map(|question| gathered.ask(question)).collect();
        assert_eq!(
            asked.iter().map(|(_, first)| *first).collect::<Vec<_>>(),
            [true, false, false, false, false]
        );
        let sizes = Mutex::new(Vec::new());
        gathered
            .answer(|questions| {
                sizes.lock().unwrap().push(questions.len());
                async move { questions.into_iter().map(|question| question * 10).collect() }
            })
            .await;
        assert_eq!(*sizes.lock().unwrap(), [2, 2, 1]);
        for (question, (heard, _)) in (0..5).zip(asked) {
            assert_eq!(heard.await.unwrap(), question * 10);
        }
        assert!(gathered.ask(7).1, "the next one is the first again");
    }

    #[tokio::test]
    async fn nobody_waits_for_ever_when_the_work_ends_in_a_panic() {
        let gathered = Arc::new(Gathered::<u32, u32>::of(2));
        let asked: Vec<_> = (0..3).map(|question| gathered.ask(question).0).collect();
        let working = Arc::clone(&gathered);
        let work = tokio::spawn(async move {
            working.answer(|_| async { panic!("planted: the work ends in a panic") }).await;
        });
        assert!(work.await.unwrap_err().is_panic());
        for heard in asked {
            assert!(heard.await.is_err());
        }
        assert!(gathered.ask(7).1, "the next one is the first again");
    }

    /// What the store says of a row that cannot be.
    fn impossible() -> StoreError {
        StoreError::Impossible { table: "things", row: "3".to_owned(), what: "it is odd".to_owned() }
    }

    #[tokio::test]
    async fn a_row_that_cannot_be_read_is_nothing_to_those_who_ask_for_others() {
        let queries = Mutex::new(0);
        let all = |keys: Vec<u32>| {
            *queries.lock().unwrap() += 1;
            ready(if keys.contains(&3) {
                Err(impossible())
            } else {
                Ok(keys.into_iter().filter(|key| *key != 2).map(|key| (key, key * 10)).collect())
            })
        };
        let asked = [1, 2, 3, 1];
        let answers = share(&asked, &read(&asked, all).await);
        assert!(matches!(answers[0], Ok(Some(10))) && matches!(answers[3], Ok(Some(10))));
        assert!(matches!(answers[1], Ok(None)), "there is none");
        assert!(matches!(&answers[2], Err(StoreError::Shared(error)) if error.is_of_a_row()));
        assert_eq!(*queries.lock().unwrap(), 4, "one for all, and one for each of the three");
    }

    #[tokio::test]
    async fn a_store_that_does_not_answer_is_asked_once() {
        let queries = Mutex::new(0);
        let all = |_: Vec<u32>| {
            *queries.lock().unwrap() += 1;
            ready(Err::<HashMap<u32, u32>, _>(StoreError::Interrupted))
        };
        let answers = share(&[1, 2], &read(&[1, 2], all).await);
        assert!(answers.iter().all(|answer| matches!(answer, Err(StoreError::Shared(_)))));
        assert_eq!(*queries.lock().unwrap(), 1);
    }
}
