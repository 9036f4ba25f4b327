//! The server process: launching it, and knowing when it answers.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::child;
use super::error::ServerError;
use super::gate::Gate;
use super::plan::{DATA, Plan, SOCKET_NAME};

/// Starts the server on an initialised data directory and waits until it answers.
pub(crate) fn launch(
    plan: &Plan,
    data: &Path,
    log_path: &Path,
    gate: &Gate,
) -> Result<(), ServerError> {
    let socket_directory = plan.socket_directory();
    let pid_file = socket_directory.join(PID_FILE);
    match fs::remove_file(&pid_file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(ServerError::path("remove", &pid_file, &error));
        }
        _ => {}
    }
    let log = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(log_path)
        .map_err(|error| ServerError::path("open", log_path, &error))?;
    let log_start = log.metadata().map(|metadata| metadata.len()).unwrap_or(0);
    let program = plan.installation.program("postgres");
    spawn(plan, &program, data, &pid_file, &log, gate).map_err(|error| {
        ServerError::start(format!("cannot run {}: {error}", program.display()))
    })?;
    wait_until_ready(data, &socket_directory, &pid_file).map_err(|trouble| {
        ServerError::start(format!(
            "the PostgreSQL server {} {trouble}. The end of its log:\n{}",
            program.display(),
            tail(log_path, log_start)
        ))
    })
}

/// Whether there is a server behind this socket that takes connections, now or after the recovery it is in.
///
/// A server that refuses for another reason (somebody has dropped the database `postgres`) is there, and not ours to
/// restart: others use it.
pub(crate) fn answers(socket_directory: &Path) -> bool {
    let deadline = Instant::now() + DEADLINE;
    loop {
        match probe(socket_directory) {
            Ok(Answer::Ready | Answer::Refused(_)) => return true,
            Ok(Answer::NotYet) if Instant::now() < deadline => {
                thread::sleep(Duration::from_millis(10));
            }
            // Stopped, or on a machine that is too busy: it is there all the same.
            Err(error) if is_timeout(&error) && Instant::now() < deadline => {}
            Ok(Answer::NotYet) | Err(_) => return false,
        }
    }
}

/// Whether a server runs in the directory that has come so far that it takes connections. Asked in microseconds, and without a
/// connection, for which the server would start a process.
///
/// A server that is started anew on the data of one that has died listens before it has recovered that data.
pub(crate) fn is_up(socket_directory: &Path) -> bool {
    let data = socket_directory.join(DATA);
    status(&data).is_some_and(|(id, status)| {
        status == "ready" && id.parse().is_ok_and(|id| !has_ended(id, &data))
    })
}

/// The launcher's process id file, there before the server has its own: with it, a server that is still starting can
/// be stopped, should this process be killed now. The janitor's script knows the name.
const PID_FILE: &str = "server.pid";

/// A machine that runs many test binaries may be slow; a server that fails is noticed at once and not by this.
const DEADLINE: Duration = Duration::from_secs(30);

/// The launching shell keeps the gate shut until its process id is written, and then becomes the server.
const BECOME_SERVER: &str = "echo \"$$\" >\"$1\" || exit; shift; exec \"$@\" 9<&-";

fn spawn(
    plan: &Plan,
    program: &Path,
    data: &Path,
    pid_file: &Path,
    log: &File,
    gate: &Gate,
) -> io::Result<()> {
    let mut arguments: Vec<&OsStr> = ["/bin/sh", "-c", BECOME_SERVER, "sh"]
        .iter()
        .map(OsStr::new)
        .collect();
    arguments.extend([pid_file.as_os_str(), program.as_os_str()]);
    arguments.extend(["-D".as_ref(), data.as_os_str()]);
    // Seen from the data directory: an absolute path would have to be quoted for a list of directories.
    arguments.extend(
        ["-k", "..", "-p", "5432", "-c", "listen_addresses="]
            .iter()
            .map(OsStr::new),
    );
    let settings: Vec<OsString> = plan.settings.iter().map(OsString::from).collect();
    for setting in &settings {
        arguments.extend(["-c".as_ref(), setting.as_os_str()]);
    }
    let mut launcher = child::command("/bin/sh");
    // The janitor knows the server by its working directory, from the first moment on.
    launcher
        .current_dir(data)
        .stdout(log.try_clone()?)
        .stderr(log.try_clone()?);
    if let Some(account) = &plan.account {
        account.apply(&mut launcher);
    }
    child::detach(launcher, &arguments, gate.file().try_clone()?)
}

fn wait_until_ready(data: &Path, socket_directory: &Path, pid_file: &Path) -> Result<(), String> {
    let deadline = Instant::now() + DEADLINE;
    let mut pause = Duration::from_millis(1);
    loop {
        let launched = read_process_id(pid_file);
        // The order matters: a server that gets ready between two looks must not count as one that has ended.
        let gone = launched.is_some_and(|id| has_ended(id, data));
        if launched.is_some_and(|id| says_ready(data, id)) {
            match probe(socket_directory) {
                Ok(Answer::Ready) => return Ok(()),
                Ok(Answer::NotYet) | Err(_) => {}
                Ok(Answer::Refused(message)) => {
                    return Err(format!("started but refuses connections: {message}"));
                }
            }
        }
        if gone {
            return Err("did not start".to_owned());
        }
        if Instant::now() > deadline {
            return Err(format!(
                "did not answer within {} seconds",
                DEADLINE.as_secs()
            ));
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// The process that was launched; nothing before its file is there.
fn read_process_id(pid_file: &Path) -> Option<i32> {
    let text = fs::read_to_string(pid_file).ok()?;
    text.strip_suffix('\n')?.parse().ok()
}

/// Whether the launched process is the server of this directory and ready for connections.
///
/// The file of a server that died may still be there. Asking the socket before the server is ready would only fill its
/// log with refusals.
fn says_ready(data: &Path, launched: i32) -> bool {
    status(data).is_some_and(|(id, status)| id == launched.to_string() && status == "ready")
}

/// Lines 1 and 8 of [`postmaster.pid`](https://www.postgresql.org/docs/current/storage-file-layout.html): the process
/// and its status.
fn status(data: &Path) -> Option<(String, String)> {
    let file = fs::read_to_string(data.join("postmaster.pid")).ok()?;
    let mut lines = file.lines().map(|line| line.trim().to_owned());
    Some((lines.next()?, lines.nth(6)?))
}

/// Whether the process has ended; a process that uses its number again is another one.
///
/// The server is the process that works in the data directory, or was told to: while it starts, it looks for its own
/// program's directory by going there, and while the launcher becomes the server, it has no arguments for a moment.
fn has_ended(id: i32, data: &Path) -> bool {
    if Path::new("/proc/self").exists() {
        let works_there =
            || fs::read_link(format!("/proc/{id}/cwd")).is_ok_and(|directory| directory == data);
        let was_told_to = || {
            let arguments = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
            arguments
                .split(|byte| *byte == 0)
                .any(|argument| argument == data.as_os_str().as_encoded_bytes())
        };
        return !works_there() && !was_told_to();
    }
    let Some(id) = rustix::process::Pid::from_raw(id) else {
        return true;
    };
    matches!(rustix::process::test_kill_process(id), Err(error) if error == rustix::io::Errno::SRCH)
}

enum Answer {
    Ready,
    NotYet,
    Refused(String),
}

/// Connects as `postgres` and reads up to the first ReadyForQuery, as the manual's
/// [message flow](https://www.postgresql.org/docs/current/protocol-flow.html) has it.
fn probe(socket_directory: &Path) -> io::Result<Answer> {
    let mut stream = UnixStream::connect(socket_directory.join(SOCKET_NAME))?;
    let timeout = Some(Duration::from_secs(2));
    stream.set_read_timeout(timeout)?;
    stream.set_write_timeout(timeout)?;
    let parameters = b"user\0postgres\0database\0postgres\0application_name\0pgdbm\0\0";
    let mut startup = Vec::with_capacity(8 + parameters.len());
    startup.extend(
        u32::try_from(8 + parameters.len())
            .map_err(io::Error::other)?
            .to_be_bytes(),
    );
    startup.extend(0x0003_0000_u32.to_be_bytes());
    startup.extend(parameters);
    stream.write_all(&startup)?;
    loop {
        let [kind, length @ ..] = read_array::<5>(&mut stream)?;
        // The length counts itself. A longer message than the server's greeting can have comes from something else.
        let length = usize::try_from(u32::from_be_bytes(length)).map_err(io::Error::other)?;
        let Some(rest) = length.checked_sub(4).filter(|rest| *rest <= 64 * 1024) else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        let mut body = vec![0; rest];
        stream.read_exact(&mut body)?;
        match kind {
            b'E' => return Ok(judge(&body)),
            b'Z' => {
                stream.write_all(&[b'X', 0, 0, 0, 4])?;
                return Ok(Answer::Ready);
            }
            _ => {}
        }
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}

fn read_array<const N: usize>(stream: &mut UnixStream) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// The fields of an ErrorResponse: a letter and a NUL-terminated text each.
fn judge(body: &[u8]) -> Answer {
    let field = |letter: u8| {
        let text = body
            .split(|byte| *byte == 0)
            .find_map(|field| field.strip_prefix(&[letter]));
        text.map(|text| String::from_utf8_lossy(text).into_owned())
            .unwrap_or_default()
    };
    match field(b'C').as_str() {
        // cannot_connect_now: starting up, shutting down or recovering.
        "57P03" => Answer::NotYet,
        // too_many_connections: it is there, and busy.
        "53300" => Answer::Ready,
        _ => Answer::Refused(field(b'M')),
    }
}

/// The last lines that the log has got since this start.
fn tail(path: &Path, from: u64) -> String {
    let mut text = Vec::new();
    let read = File::open(path).and_then(|mut log| {
        let end = log.seek(SeekFrom::End(0))?;
        log.seek(SeekFrom::Start(
            from.max(end.saturating_sub(8 * 1024)).min(end),
        ))?;
        log.read_to_end(&mut text)
    });
    if let Err(error) = read {
        return format!("  ({}: {error})", path.display());
    }
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    match lines.get(lines.len().saturating_sub(20)..) {
        Some(last) if !last.is_empty() => format!("  {}", last.join("\n  ")),
        _ => "  (it is empty)".to_owned(),
    }
}
