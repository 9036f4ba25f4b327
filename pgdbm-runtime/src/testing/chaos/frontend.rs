//! From the client to the server: where statements are made to fail.
//!
//! A statement is a simple query, or an Execute of the extended query protocol. When one is to fail, the proxy waits
//! until the server has answered everything before it, sends a query that raises the error in its place, and leaves out
//! what the client sent up to the end of its batch, as the server would after an error of its own. So the server itself
//! decides what the error does to the transaction, and says so in `ReadyForQuery`.

use std::io;

use tokio::io::AsyncWrite;

use super::control::Control;
use super::pipe::{Header, Incoming, Pipe};
use super::session::{Asked, Block, Session};
use super::sql_state::SqlState;
use super::statement::{Ending, Endings, PREFIX, ending};
use super::wire::{bare, frontend as tag, query, raise};

pub(super) struct Frontend<'s, W> {
    pipe: Pipe<W>,
    session: &'s Session,
    control: &'s Control,
    endings: Endings,
    /// Whether the rest of a batch is left out.
    skips: bool,
}

/// What becomes of a statement.
enum Fate {
    Runs,
    Fails(SqlState, Block),
}

impl<'s, W: AsyncWrite + Unpin> Frontend<'s, W> {
    pub(super) fn new(pipe: Pipe<W>, session: &'s Session, control: &'s Control) -> Self {
        Frontend {
            pipe,
            session,
            control,
            endings: Endings::default(),
            skips: false,
        }
    }

    pub(super) fn into_incoming(self) -> Incoming {
        self.pipe.into_incoming()
    }

    /// Passes on what the client sends until it ends, or until the session ends with a failure.
    pub(super) async fn run(&mut self) -> io::Result<()> {
        let outcome = self.pass_messages().await;
        // Nobody must wait for a Sync that will not come.
        self.session.has_synced();
        outcome?;
        self.pipe.finish().await
    }

    async fn pass_messages(&mut self) -> io::Result<()> {
        while let Some(header) = self.pipe.header().await? {
            if self.skips && !matches!(header.tag, tag::SYNC | tag::TERMINATE) {
                self.pipe.discard(header).await?;
                continue;
            }
            match header.tag {
                tag::QUERY | tag::FUNCTION_CALL => {
                    let ending = match header.tag {
                        tag::QUERY => ending(self.pipe.peek(header, PREFIX).await?),
                        _ => Ending::None,
                    };
                    if self.statement(header, ending, Asked::Query).await? {
                        return Ok(());
                    }
                    continue;
                }
                tag::EXECUTE => {
                    let prefix = self.pipe.peek(header, PREFIX).await?;
                    let ending = self.endings.execute(prefix);
                    if self.statement(header, ending, Asked::Step).await? {
                        return Ok(());
                    }
                    continue;
                }
                tag::PARSE => {
                    let prefix = self.pipe.peek(header, PREFIX).await?;
                    self.endings.parse(prefix);
                    self.session.asks(Asked::Step);
                }
                tag::BIND => {
                    let prefix = self.pipe.peek(header, PREFIX).await?;
                    self.endings.bind(prefix);
                    self.session.asks(Asked::Step);
                }
                tag::DESCRIBE | tag::CLOSE => self.session.asks(Asked::Step),
                tag::SYNC if self.skips => {
                    self.skips = false;
                    self.pipe.discard(header).await?;
                    self.session.has_synced();
                    continue;
                }
                tag::SYNC => self.session.asks(Asked::Sync),
                tag::COPY_DONE | tag::COPY_FAIL => self.session.asks(Asked::CopyEnd),
                tag::TERMINATE => {
                    self.pipe.forward(header).await?;
                    return Ok(());
                }
                _ => {}
            }
            self.pipe.forward(header).await?;
        }
        Ok(())
    }

    /// Passes a statement on or has it fail; gives whether the session ends.
    async fn statement(
        &mut self,
        header: Header,
        ending: Ending,
        asked: Asked,
    ) -> io::Result<bool> {
        self.control.count_statement();
        let (code, block) = match self.fate(ending).await? {
            Fate::Fails(code, block) => (code, block),
            Fate::Runs => {
                self.session.asks(asked);
                self.pipe.forward(header).await?;
                return Ok(false);
            }
        };
        if code.ends_session() {
            // The client hears of it when the server has undone what was open.
            self.session.part_with(code);
            self.pipe.write(&bare(tag::TERMINATE)).await?;
            return Ok(true);
        }
        self.pipe.discard(header).await?;
        if asked == Asked::Step {
            self.skips = true;
            self.session.expect_sync();
        }
        // A COMMIT that fails ends the transaction; any other statement leaves it open and failed.
        let ends_block = ending == Ending::Commit && block == Block::Open;
        let ready = !ends_block;
        self.session.asks(Asked::Failure { code, ready });
        self.pipe.write(&raise(code)).await?;
        if ends_block {
            self.session.asks(Asked::Rollback);
            self.pipe.write(&query("ROLLBACK")).await?;
        }
        Ok(false)
    }

    async fn fate(&mut self, ending: Ending) -> io::Result<Fate> {
        let failures = self.control.statement_failures();
        if ending == Ending::Rollback || failures.len() == 0 {
            return Ok(Fate::Runs);
        }
        if self.session.needs_flush() {
            self.pipe.write(&bare(tag::FLUSH)).await?;
        }
        self.pipe.flush().await?;
        // In a failed transaction the server refuses every statement; the failure is kept for one that could succeed.
        let block = self.session.settled().await;
        if block == Block::Failed {
            return Ok(Fate::Runs);
        }
        // Another connection may have met it meanwhile.
        Ok(match failures.take() {
            Some(code) => Fate::Fails(code, block),
            None => Fate::Runs,
        })
    }
}
