//! Questions to the store that wait at the same time and share one way there: a query or a commit costs far
//! more than what is asked for in it.
//!
//! Whoever asks first begins the work; whoever asks while it is under way is in the next one. So a question
//! is only ever answered by what was read, or written, after it was asked.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use crate::store::StoreError;

/// Those who wait for answers of one kind.
pub(crate) struct Gathered<Q, A> {
    waiting: Mutex<Vec<(Q, oneshot::Sender<A>)>>,
    turn: tokio::sync::Mutex<()>,
}

impl<Q, A> Default for Gathered<Q, A> {
    fn default() -> Self {
        Self { waiting: Mutex::default(), turn: tokio::sync::Mutex::default() }
    }
}

impl<Q, A> Gathered<Q, A> {
    /// Asks; whoever is told to be the first lets [`Self::answer`] run, whether it waits for it or not.
    pub(crate) fn ask(&self, question: Q) -> (oneshot::Receiver<A>, bool) {
        let (answer, heard) = oneshot::channel();
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.push((question, answer));
        (heard, waiting.len() == 1)
    }

    /// Answers until nobody waits, at most so many at once; `work` answers in the order of the questions.
    pub(crate) async fn answer<F>(&self, most: usize, work: impl Fn(Vec<Q>) -> F)
    where
        F: Future<Output = Vec<A>>,
    {
        let _turn = self.turn.lock().await;
        let _left = Left(&self.waiting);
        loop {
            let (questions, answers): (Vec<Q>, Vec<_>) = {
                let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
                let many = waiting.len().min(most);
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

/// Gives each who asked what was found, or why nothing could be.
pub(crate) fn share<K: Eq + Hash, V: Clone>(
    asked: Vec<K>,
    found: Result<HashMap<K, V>, StoreError>,
) -> Vec<Result<Option<V>, StoreError>> {
    match found {
        Ok(found) => asked.iter().map(|key| Ok(found.get(key).cloned())).collect(),
        Err(error) => {
            let error = Arc::new(error);
            asked.iter().map(|_| Err(Arc::clone(&error).into())).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[tokio::test]
    async fn everybody_gets_the_own_answer_and_one_is_the_first() {
        let gathered = Gathered::<u32, u32>::default();
        let asked: Vec<_> = (0..5).map(|question| gathered.ask(question)).collect();
        assert_eq!(
            asked.iter().map(|(_, first)| *first).collect::<Vec<_>>(),
            [true, false, false, false, false]
        );
        let sizes = Mutex::new(Vec::new());
        gathered
            .answer(2, |questions| {
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
        let gathered = Arc::new(Gathered::<u32, u32>::default());
        let asked: Vec<_> = (0..3).map(|question| gathered.ask(question).0).collect();
        let working = Arc::clone(&gathered);
        let work = tokio::spawn(async move {
            working.answer(2, |_| async { panic!("planted: the work ends in a panic") }).await;
        });
        assert!(work.await.unwrap_err().is_panic());
        for heard in asked {
            assert!(heard.await.is_err());
        }
        assert!(gathered.ask(7).1, "the next one is the first again");
    }
}
