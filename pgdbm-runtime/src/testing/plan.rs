//! Which server is meant: what an installation, an account and the options come to.

use std::env;
use std::path::{Path, PathBuf};

use super::account::ServerAccount;
use super::directory;
use super::error::ServerError;
use super::installation::Installation;
use super::janitor::LockTool;
use super::options::PgServerOptions;

/// Everything that is known before anything is touched.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) installation: Installation,
    pub(crate) account: Option<ServerAccount>,
    pub(crate) lock_tool: LockTool,
    pub(crate) base: PathBuf,
    /// Where other servers of this user may be, of which somebody has to clear away what they left.
    pub(crate) other_base: Option<PathBuf>,
    /// Whether the base directory is in memory and the other one is as good, only slower.
    may_move: bool,
    /// Where initialised clusters may be kept; the first usable one is taken.
    pub(crate) caches: Caches,
    /// The arguments `-c name=value` of the server.
    pub(crate) settings: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) enum Caches {
    /// This one and no other.
    Chosen(PathBuf),
    /// The first that works; a server without a cache is only slower.
    Usual(Vec<PathBuf>),
}

impl Plan {
    pub(crate) fn new(options: &PgServerOptions) -> Result<Plan, ServerError> {
        let mut settings: Vec<String> = SETTINGS
            .iter()
            .map(|setting| (*setting).to_owned())
            .collect();
        settings.extend(
            options
                .checked_settings()?
                .iter()
                .map(|(name, value)| format!("{name}={value}")),
        );
        let installation = Installation::find(options.chosen_bin_directory())?;
        let lock_tool = LockTool::find()?;
        let account = ServerAccount::for_this_process()?;
        directory::check_reachable(&installation.program("postgres"), account.as_ref())?;
        let user = rustix::process::geteuid().as_raw();
        let bases = usual_bases(options);
        let mut bases = bases.iter().map(|base| directory::resolve(base));
        // There is at least one.
        let base = bases
            .next_back()
            .unwrap_or_else(|| Err(ServerError::directory("there is no directory for a server")))?;
        let caches = match options.chosen_cache_directory() {
            Some(chosen) => Caches::Chosen(chosen.to_owned()),
            None => Caches::Usual(usual_caches(user)),
        };
        let mut plan = Plan {
            installation,
            account,
            lock_tool,
            base,
            other_base: None,
            may_move: false,
            caches,
            settings,
        };
        // In memory, where there is any: a server that runs there is joined, a new one needs room.
        if let Some(Ok(memory)) = bases.next() {
            plan.other_base = Some(std::mem::replace(&mut plan.base, memory));
            plan.may_move = true;
            if !plan.instance_directory().exists() && !directory::has_room(&plan.base, ROOM) {
                plan.leave_memory();
            }
        }
        directory::check_reachable(&plan.base, plan.account.as_ref())?;
        plan.check_socket_path()?;
        Ok(plan)
    }

    /// The same on the disk, if a start in memory has failed for a reason that need not hold there: no room, or a
    /// directory that cannot be made or trusted.
    pub(crate) fn on_disk(&self, failure: &ServerError) -> Option<Plan> {
        let is_memory_to_blame = failure.is_directory() || !directory::has_room(&self.base, ROOM);
        if !self.may_move || !is_memory_to_blame {
            return None;
        }
        let mut plan = self.clone();
        plan.leave_memory();
        Some(plan)
    }

    /// What is left in memory may be what takes the room there, so it is still cleared away.
    fn leave_memory(&mut self) {
        if let Some(disk) = self.other_base.take() {
            self.other_base = Some(std::mem::replace(&mut self.base, disk));
        }
        self.may_move = false;
    }

    /// The directory of this plan's server: its name is the same in every process that means the same server.
    pub(crate) fn instance_directory(&self) -> PathBuf {
        let account = self
            .account
            .as_ref()
            .map(|account| account.name)
            .unwrap_or_default();
        let mut parts = vec![LAYOUT, &self.installation.version, account];
        let bin_directory = self.installation.bin_directory.to_string_lossy();
        parts.push(&bin_directory);
        parts.extend(self.settings.iter().map(String::as_str));
        self.base.join(self.name(&parts))
    }

    /// The name of the initialised cluster, which the settings do not change.
    pub(crate) fn cluster_name(&self) -> String {
        let account = self
            .account
            .as_ref()
            .map(|account| account.name)
            .unwrap_or_default();
        let bin_directory = self.installation.bin_directory.to_string_lossy();
        self.name(&[LAYOUT, &self.installation.version, account, &bin_directory])
    }

    pub(crate) fn socket_directory(&self) -> PathBuf {
        self.instance_directory().join("run")
    }

    fn name(&self, parts: &[&str]) -> String {
        format!(
            "{}-{:012x}",
            self.installation.major,
            fingerprint(parts) >> 16
        )
    }

    /// The kernel's limit is a surprise at the very end; say it at the beginning.
    fn check_socket_path(&self) -> Result<(), ServerError> {
        let socket = self.socket_directory().join(SOCKET_NAME);
        let length = socket.as_os_str().len();
        if length < SOCKET_PATH_SIZE {
            return Ok(());
        }
        Err(ServerError::directory(format!(
            "the path of the server's unix socket, {}, has {length} bytes; this system allows {}; \
             choose a shorter PgServerOptions::base_directory, such as one in /tmp",
            socket.display(),
            SOCKET_PATH_SIZE - 1
        )))
    }
}

/// The port is fixed, because the directory already tells servers apart.
pub(crate) const SOCKET_NAME: &str = ".s.PGSQL.5432";

/// The data directory, in that of the socket.
pub(crate) const DATA: &str = "data";

/// Changes when the files of an instance or of a cached cluster change their meaning, so that different versions of
/// this library keep out of each other's way.
pub(crate) const LAYOUT: &str = "pgdbm 2";

/// The size of `sockaddr_un.sun_path`, which includes a NUL byte.
const SOCKET_PATH_SIZE: usize = if cfg!(any(target_os = "linux", target_os = "android")) {
    108
} else {
    104
};

/// Nothing here survives a crash of the machine, and nothing has to. The time zone is one for all machines. Dynamic
/// shared memory in the data directory goes away with it, also when the server is killed, and does not depend on the
/// size of `/dev/shm`, which is small in containers. Buffers are gone through whenever a file or a process ends, and machine
/// code for queries takes longer to make than tests take.
const SETTINGS: [&str; 11] = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "shared_buffers=32MB",
    "jit=off",
    "max_connections=200",
    "dynamic_shared_memory_type=mmap",
    "timezone=UTC",
    "log_timezone=UTC",
    "unix_socket_permissions=0700",
];

/// So many bytes are to be free where a server's data is to be in memory.
const ROOM: u64 = 1 << 30;

/// Where a server may be, the preferred place first.
pub(crate) fn usual_bases(options: &PgServerOptions) -> Vec<PathBuf> {
    if let Some(chosen) = options.chosen_base_directory() {
        return vec![chosen.to_owned()];
    }
    let name = format!("pgdbm-{}", rustix::process::geteuid().as_raw());
    let memory = Path::new("/dev/shm");
    let mut bases = Vec::with_capacity(2);
    if directory::is_in_memory(memory) {
        bases.push(memory.join(&name));
    }
    bases.push(short_temporary_directory().join(name));
    bases
}

/// `/tmp`, because `TMPDIR` is too long for a socket on macOS and may be inside a home directory elsewhere.
fn short_temporary_directory() -> PathBuf {
    let short = Path::new("/tmp");
    if short.is_dir() {
        short.to_owned()
    } else {
        env::temp_dir()
    }
}

/// Root's home is closed to the server's account; the others prefer their own place to a public one.
fn usual_caches(user: u32) -> Vec<PathBuf> {
    let absolute = |name: &str| {
        env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let mut caches = Vec::new();
    if user == 0 {
        caches.push(PathBuf::from("/var/cache/pgdbm"));
    } else {
        caches.extend(absolute("XDG_CACHE_HOME").map(|directory| directory.join("pgdbm")));
        let inside = if cfg!(target_os = "macos") {
            "Library/Caches/pgdbm"
        } else {
            ".cache/pgdbm"
        };
        caches.extend(absolute("HOME").map(|home| home.join(inside)));
    }
    caches.push(PathBuf::from(format!("/var/tmp/pgdbm-{user}")));
    caches
}

/// FNV-1a over the parts: the same in every process and every version of Rust, which the standard hasher is not.
pub(crate) fn fingerprint(parts: &[&str]) -> u64 {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails may panic")]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::thread;
    use std::time::{Duration, Instant};

    use super::Plan;
    use crate::testing::PgServerOptions;
    use crate::testing::instance;

    /// A plan for a server in `memory` or else in `disk`.
    fn plan(memory: PathBuf, disk: &Path) -> Plan {
        let options = PgServerOptions::new().base_directory(disk);
        let mut plan = Plan::new(&options).unwrap();
        plan.other_base = Some(std::mem::replace(&mut plan.base, memory));
        plan.may_move = true;
        plan
    }

    fn base(name: &str) -> PathBuf {
        Path::new("/tmp").join(format!("pgdbm-plan-{}-{name}", std::process::id()))
    }

    fn until_gone(base: &Path) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while base.exists() {
            assert!(Instant::now() < deadline, "{} is left", base.display());
            thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn a_server_that_cannot_be_in_memory_is_on_the_disk() {
        let (taken, disk) = (base("taken"), base("disk"));
        // Where somebody else was first.
        fs::write(&taken, "").unwrap();
        let server = instance::join_or_start(&plan(taken.clone(), &disk)).unwrap();
        assert!(server.data_directory.starts_with(&disk));
        drop(server);
        until_gone(&disk);
        fs::remove_file(taken).unwrap();
        // Where nothing can be made, not even by root.
        let failure = instance::join_or_start(&plan("/proc/pgdbm".into(), Path::new("/proc/x")));
        let failure = failure.map(|_| ()).unwrap_err().to_string();
        for needed in ["/proc/x", "Before that", "/proc/pgdbm"] {
            assert!(failure.contains(needed), "{needed}: {failure}");
        }
    }

    #[test]
    fn a_failure_that_the_disk_has_as_well_is_not_tried_there() {
        let mut plan = plan(base("setting"), &base("setting-disk"));
        plan.settings.push("work_mem=much".to_owned());
        let failure = instance::join_or_start(&plan).map(|_| ()).unwrap_err();
        assert!(!failure.to_string().contains("Before that"), "{failure}");
        until_gone(&plan.base);
    }

    #[test]
    fn what_is_left_in_memory_goes_when_there_is_no_room_for_another_server() {
        let (memory, disk) = (base("left"), base("beside"));
        fs::create_dir(&memory).unwrap();
        fs::create_dir_all(memory.join("trash-17-0123456789ab-1/run")).unwrap();
        let mut plan = plan(memory.clone(), &disk);
        plan.leave_memory();
        let server = instance::join_or_start(&plan).unwrap();
        assert!(server.data_directory.starts_with(&disk));
        assert!(!memory.exists());
        drop(server);
        until_gone(&disk);
    }
}
