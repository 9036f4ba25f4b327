//! What a session has been asked and not yet answered, as far as the proxy must know it to do harm at the right moment.
//!
//! The server answers in the order in which it was asked (PostgreSQL manual, "Message Flow"), so a queue of what was
//! sent, from which answers take away, tells when the server has nothing left to do. Only then is it known whether a
//! transaction is open, or failed. The queue holds a few bytes for each message that the server has not yet answered;
//! what the sockets hold bounds it.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::sql_state::SqlState;
use super::wire::backend;

/// One session, between the two tasks that serve its directions.
pub(super) struct Session {
    state: Mutex<State>,
    /// The server has answered something.
    answered: Notify,
    /// The client has sent the end of a batch that was made to fail, or nothing more comes from it.
    synced: Notify,
}

/// Something that the server will answer, or that says which answers count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// A message of the extended query protocol: its own answer, and none once an error has been answered.
    Step,
    /// Sync, or the startup packet: `ReadyForQuery`.
    Sync,
    /// A simple query or a function call: `ReadyForQuery` after its answers.
    Query,
    /// `CopyDone` or `CopyFail`: no answer of its own, but from here on Syncs count again.
    CopyEnd,
    /// The proxy's query that fails with this code. `ready`: whether the client gets its `ReadyForQuery`.
    Failure { code: SqlState, ready: bool },
    /// The proxy's ROLLBACK: the client gets only its `ReadyForQuery`.
    Rollback,
}

/// What to do with a message of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Treatment {
    Forward,
    Discard,
    /// An error that should have this code.
    Failure(SqlState),
}

/// Whether a transaction block is open: what `ReadyForQuery` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Block {
    None,
    Open,
    Failed,
}

struct State {
    asked: VecDeque<Asked>,
    block: Block,
    /// The server has answered with an error and leaves out everything up to the next Sync.
    failed: bool,
    /// The server takes rows from the client; meanwhile it ignores Syncs.
    copying: bool,
    /// The end of a batch that was made to fail has not come yet.
    sync_missing: bool,
    /// What the client is told when the server has closed the connection.
    farewell: Option<SqlState>,
}

impl Session {
    /// A session whose startup packet is on its way.
    pub(super) fn new() -> Self {
        let state = State {
            asked: VecDeque::from([Asked::Sync]),
            block: Block::None,
            failed: false,
            copying: false,
            sync_missing: false,
            farewell: None,
        };
        Session {
            state: Mutex::new(state),
            answered: Notify::new(),
            synced: Notify::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what is about to be sent.
    pub(super) fn asks(&self, asked: Asked) {
        self.state().asks(asked);
    }

    /// Notes an answer, before it is passed on; `status` is that of `ReadyForQuery`.
    pub(super) fn answers(&self, tag: u8, status: u8) -> Treatment {
        let treatment = self.state().answers(tag, status);
        self.answered.notify_one();
        treatment
    }

    /// Whether the last message that will be answered needs a Flush or Sync for that.
    pub(super) fn needs_flush(&self) -> bool {
        self.state().asked.back() == Some(&Asked::Step)
    }

    /// Waits until the server has answered everything; gives how the transaction stands then. A batch in which
    /// something failed by itself counts as failed.
    pub(super) async fn settled(&self) -> Block {
        loop {
            {
                let state = self.state();
                if state.is_settled() {
                    return if state.failed {
                        Block::Failed
                    } else {
                        state.block
                    };
                }
            }
            self.answered.notified().await;
        }
    }

    /// Says that the client gets no `ReadyForQuery` before it has ended its batch.
    pub(super) fn expect_sync(&self) {
        self.state().sync_missing = true;
    }

    /// Says that the client has ended the batch, or will send nothing more.
    pub(super) fn has_synced(&self) {
        self.state().sync_missing = false;
        self.synced.notify_one();
    }

    pub(super) fn is_sync_missing(&self) -> bool {
        self.state().sync_missing
    }

    /// Waits until the client has ended the batch that was made to fail.
    pub(super) async fn wait_for_sync(&self) {
        while self.is_sync_missing() {
            self.synced.notified().await;
        }
    }

    /// Has the client told this when the server has closed the connection.
    pub(super) fn part_with(&self, code: SqlState) {
        self.state().farewell = Some(code);
    }

    pub(super) fn farewell(&self) -> Option<SqlState> {
        self.state().farewell
    }
}

impl State {
    fn asks(&mut self, asked: Asked) {
        let in_batch = |state: &State| {
            let counts = |asked: &Asked| !matches!(asked, Asked::Step | Asked::CopyEnd);
            !state.asked.iter().any(counts)
        };
        match asked {
            Asked::Sync if self.copying => {}
            Asked::CopyEnd if self.copying => self.copying = false,
            // The error was answered already, and the batch has not ended: the server leaves this out.
            Asked::Step if self.failed && in_batch(self) => {}
            _ => self.asked.push_back(asked),
        }
    }

    fn answers(&mut self, tag: u8, status: u8) -> Treatment {
        match tag {
            backend::READY_FOR_QUERY => return self.is_ready(status),
            backend::ERROR_RESPONSE => {
                self.failed = true;
                self.copying = false;
                while matches!(self.asked.front(), Some(Asked::Step | Asked::CopyEnd)) {
                    self.asked.pop_front();
                }
                if let Some(Asked::Failure { code, .. }) = self.asked.front() {
                    return Treatment::Failure(*code);
                }
            }
            backend::COPY_IN_RESPONSE | backend::COPY_BOTH_RESPONSE => self.takes_rows(),
            backend::PARSE_COMPLETE
            | backend::BIND_COMPLETE
            | backend::CLOSE_COMPLETE
            | backend::ROW_DESCRIPTION
            | backend::NO_DATA
            | backend::COMMAND_COMPLETE
            | backend::PORTAL_SUSPENDED
            | backend::EMPTY_QUERY_RESPONSE => {
                self.skip_copy_ends();
                match self.asked.front() {
                    Some(Asked::Step) => {
                        self.asked.pop_front();
                    }
                    Some(Asked::Rollback) => return Treatment::Discard,
                    _ => {}
                }
            }
            _ => {}
        }
        Treatment::Forward
    }

    fn is_ready(&mut self, status: u8) -> Treatment {
        self.block = match status {
            b'T' => Block::Open,
            b'E' => Block::Failed,
            _ => Block::None,
        };
        self.failed = false;
        self.copying = false;
        let ended = loop {
            match self.asked.pop_front() {
                Some(Asked::Step | Asked::CopyEnd) => {}
                ended => break ended,
            }
        };
        match ended {
            Some(Asked::Failure { ready: false, .. }) => Treatment::Discard,
            _ => Treatment::Forward,
        }
    }

    /// From the message that begins to copy up to the end of the rows the server ignores Syncs. Clients that do not
    /// know which statement copies send one, and it may be on its way already, rows and all.
    fn takes_rows(&mut self) {
        self.skip_copy_ends();
        self.copying = true;
        let mut rest = self.asked.split_off(self.asked.len().min(1));
        while let Some(asked) = rest.pop_front() {
            match asked {
                Asked::Sync if self.copying => {}
                Asked::CopyEnd if self.copying => self.copying = false,
                _ => self.asked.push_back(asked),
            }
        }
    }

    /// Ends of rows that the server did not ask for, or no longer.
    fn skip_copy_ends(&mut self) {
        while self.asked.front() == Some(&Asked::CopyEnd) {
            self.asked.pop_front();
        }
    }

    fn is_settled(&self) -> bool {
        !self.copying && self.asked.iter().all(|asked| *asked == Asked::CopyEnd)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says by panicking what is wrong")]
mod tests {
    use futures_util::FutureExt;

    use super::{Asked, Block, Session, SqlState, Treatment};

    /// A session that is ready for its first statement.
    fn ready() -> Session {
        let session = Session::new();
        assert_eq!(settled(&session), None);
        assert_eq!(session.answers(b'Z', b'I'), Treatment::Forward);
        assert_eq!(settled(&session), Some(Block::None));
        session
    }

    /// The outcome, if there is one now.
    fn settled(session: &Session) -> Option<Block> {
        session.settled().now_or_never()
    }

    fn ask(session: &Session, messages: &[Asked]) {
        for message in messages {
            session.asks(*message);
        }
    }

    /// Answers, none of which settles the session before the last one does.
    fn answer(session: &Session, answers: &str) {
        for (i, tag) in answers.bytes().enumerate() {
            session.answers(tag, b'I');
            let last = i + 1 == answers.len();
            assert_eq!(settled(session).is_some(), last, "{answers}, {i}");
        }
    }

    #[test]
    fn a_session_is_settled_when_everything_is_answered() {
        use Asked::{Query, Step, Sync};
        let session = ready();
        // Two batches in flight and a simple query of two statements.
        ask(&session, &[Step, Step, Sync, Step, Step, Step, Sync, Query]);
        answer(&session, "1tTZ2TDCZCCZ");
        // A batch that the client does not end.
        ask(&session, &[Step, Step, Step]);
        assert!(session.needs_flush());
        answer(&session, "12n");
        session.asks(Sync);
        answer(&session, "Z");
        assert!(!session.needs_flush());
    }

    #[test]
    fn an_error_answers_the_rest_of_its_batch() {
        use Asked::{Step, Sync};
        let session = ready();
        ask(&session, &[Step, Step, Step]);
        session.answers(b'1', 0);
        session.answers(b'E', 0);
        assert_eq!(settled(&session), Some(Block::Failed));
        // The server leaves this one out as well.
        ask(&session, &[Step, Sync, Step]);
        session.answers(b'Z', b'T');
        assert_eq!(settled(&session), None);
        session.answers(b'C', 0);
        assert_eq!(settled(&session), Some(Block::Open));
    }

    #[test]
    fn while_rows_are_copied_syncs_do_not_count() {
        use Asked::{CopyEnd, Query, Step, Sync};
        // As the driver does it: a Sync after Execute, and another after the rows.
        let session = ready();
        ask(&session, &[Step, Step, Sync]);
        session.answers(b'2', 0);
        session.answers(b'G', 0);
        assert_eq!(settled(&session), None);
        ask(&session, &[Sync, CopyEnd, Sync]);
        answer(&session, "CZ");
        // Everything is on its way before the server has begun.
        ask(&session, &[Step, Step, Sync, CopyEnd, Sync]);
        answer(&session, "2GCZ");
        // The simple protocol.
        ask(&session, &[Query, CopyEnd]);
        answer(&session, "GCZ");
        // A copy that fails at once, whose client ends it nevertheless.
        ask(&session, &[Query]);
        answer(&session, "EZ");
        session.asks(CopyEnd);
        assert_eq!(settled(&session), Some(Block::None));
        ask(&session, &[Query]);
        answer(&session, "CZ");
    }

    #[test]
    fn of_a_failed_commit_the_client_sees_the_error_and_the_end_of_the_transaction() {
        let code = SqlState::parse("40001").unwrap();
        let session = ready();
        let failure = Asked::Failure { code, ready: false };
        ask(&session, &[failure, Asked::Rollback]);
        assert_eq!(session.answers(b'E', 0), Treatment::Failure(code));
        assert_eq!(session.answers(b'Z', b'E'), Treatment::Discard);
        assert_eq!(session.answers(b'C', 0), Treatment::Discard);
        assert_eq!(session.answers(b'Z', b'I'), Treatment::Forward);
        assert_eq!(settled(&session), Some(Block::None));
    }

    #[test]
    fn the_end_of_a_batch_is_awaited() {
        let session = ready();
        assert!(session.wait_for_sync().now_or_never().is_some());
        session.expect_sync();
        assert!(session.wait_for_sync().now_or_never().is_none());
        session.has_synced();
        assert!(session.wait_for_sync().now_or_never().is_some());
    }
}
