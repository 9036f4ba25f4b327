//! Encrypted connections: each mode, each way to fail, and cancelling.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use pgdbm::{DatabaseConfig, Error, Pool, SslMode, sql};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

use crate::lab::eventually;
use crate::passwords;
use crate::tcp_server::{PASSWORD, TcpServer};

struct Authority {
    server: TcpServer,
    authority: CertifiedIssuer<'static, KeyPair>,
}

/// A server that takes nobody without encryption. Its certificate is made out to `localhost`, and not to `127.0.0.1`.
fn encrypted() -> &'static Authority {
    static SERVER: OnceLock<Authority> = OnceLock::new();
    SERVER.get_or_init(|| {
        let authority = authority("the right authority");
        let (cert, key) = certificate(&authority, "server", &["localhost"]);
        let root = authority.pem();
        let server = TcpServer::start(
            "ssl = on\nssl_cert_file = '../server.crt'\nssl_key_file = '../server.key'\nssl_ca_file = '../root.crt'",
            "hostssl all certified all cert\nhostssl all all all scram-sha-256\n",
            &[("server.crt", &cert), ("server.key", &key), ("root.crt", &root)],
        );
        Authority { server, authority }
    })
}

impl Authority {
    fn file(&self, name: &str) -> PathBuf {
        self.server.directory().join(name)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.file(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn with_root(&self, host: &str, mode: SslMode) -> DatabaseConfig {
        self.server
            .config(host)
            .ssl_mode(mode)
            .ssl_root_cert(self.file("root.crt"))
    }
}

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new([]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate for a common name and host names, and its key, in PEM.
fn certificate(
    authority: &CertifiedIssuer<'static, KeyPair>,
    name: &str,
    hosts: &[&str],
) -> (String, String) {
    let hosts: Vec<String> = hosts.iter().map(ToString::to_string).collect();
    let mut params = CertificateParams::new(hosts).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate().unwrap();
    (
        params.signed_by(&key, authority).unwrap().pem(),
        key.serialize_pem(),
    )
}

async fn is_encrypted(config: DatabaseConfig) -> bool {
    let pool = Pool::connect(config).await.unwrap();
    pool.public()
        .fetch_value("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        .await
        .unwrap()
}

async fn failure(config: DatabaseConfig) -> Error {
    Pool::connect(config).await.unwrap_err()
}

#[tokio::test]
async fn every_mode_but_disable_encrypts() {
    let tls = encrypted();
    assert!(
        is_encrypted(tls.server.config("localhost")).await,
        "by default, where the server offers it"
    );
    for mode in [SslMode::Prefer, SslMode::Require] {
        assert!(
            is_encrypted(tls.server.config("127.0.0.1").ssl_mode(mode)).await,
            "{mode}"
        );
    }
    for mode in [
        SslMode::Prefer,
        SslMode::Require,
        SslMode::VerifyCa,
        SslMode::VerifyFull,
    ] {
        assert!(
            is_encrypted(tls.with_root("localhost", mode)).await,
            "{mode}"
        );
    }
    let error = failure(tls.with_root("localhost", SslMode::Disable)).await;
    assert!(
        error.is_refused() && error.to_string().contains("sslmode=require"),
        "{error}"
    );
}

#[tokio::test]
async fn both_forms_of_the_connection_string_say_it() {
    let tls = encrypted();
    let (port, root) = (tls.server.port(), tls.file("root.crt"));
    let password: String = PASSWORD
        .bytes()
        .map(|byte| format!("%{byte:02X}"))
        .collect();
    let url = format!(
        "postgres://postgres:{password}@localhost:{port}/postgres?sslmode=verify-full&application_name=a&sslrootcert={}",
        root.display()
    );
    assert!(is_encrypted(DatabaseConfig::from_url(&url).unwrap()).await);
    let quoted = PASSWORD.replace('\\', r"\\").replace('\'', r"\'");
    let pairs = |address: &str| {
        let text = format!(
            "sslmode=verify-full sslrootcert='{}' {address} port={port} user=postgres password='{quoted}' dbname=postgres",
            root.display()
        );
        DatabaseConfig::from_url(&text).unwrap()
    };
    assert!(is_encrypted(pairs("host=localhost")).await);
    assert!(is_encrypted(pairs("host=localhost hostaddr=127.0.0.1")).await);
    let error = failure(pairs("hostaddr=127.0.0.1")).await;
    assert!(
        error.is_tls()
            && error
                .to_string()
                .contains("not valid for name \"127.0.0.1\""),
        "{error}"
    );
}

#[tokio::test]
async fn a_server_of_another_authority_is_not_trusted() {
    let tls = encrypted();
    let wrong = tls.write("wrong.crt", &authority("the wrong authority").pem());
    for mode in [
        SslMode::Prefer,
        SslMode::Require,
        SslMode::VerifyCa,
        SslMode::VerifyFull,
    ] {
        let error = failure(tls.with_root("localhost", mode).ssl_root_cert(&wrong)).await;
        assert!(
            error.is_tls() && !error.is_unreachable() && !error.is_refused(),
            "{mode}: {error}"
        );
        let text = error.to_string();
        let port = tls.server.port();
        assert!(
            text.contains(&format!("localhost:{port}")) && text.contains("UnknownIssuer"),
            "{mode}: {text}"
        );
        assert!(text.contains("sslrootcert"), "{mode}: {text}");
    }
    // Without a file the authorities of the system count, and a system without any is an error too.
    for config in [
        tls.server.config("localhost").ssl_mode(SslMode::VerifyCa),
        tls.server.config("localhost").ssl_mode(SslMode::VerifyFull),
        tls.server.config("localhost").ssl_root_cert("system"),
    ] {
        let error = failure(config).await;
        assert!(error.is_tls() || error.is_config(), "{error}");
        assert!(error.to_string().contains("sslrootcert"), "{error}");
    }
    let error = failure(
        tls.server
            .config("localhost")
            .ssl_root_cert("system")
            .ssl_mode(SslMode::VerifyCa),
    )
    .await;
    assert!(
        error.is_config() && error.to_string().contains("verify-full"),
        "{error}"
    );
}

#[tokio::test]
async fn a_certificate_for_another_host_passes_only_where_the_host_is_not_checked() {
    let tls = encrypted();
    assert!(is_encrypted(tls.with_root("127.0.0.1", SslMode::VerifyCa)).await);
    let error = failure(tls.with_root("127.0.0.1", SslMode::VerifyFull)).await;
    let text = error.to_string();
    assert!(
        error.is_tls()
            && text.contains("127.0.0.1")
            && text.contains("only valid for DnsName(\"localhost\")"),
        "{text}"
    );
    assert!(text.contains("help: connect to a name"), "{text}");
}

#[tokio::test]
async fn a_server_without_encryption_is_refused_by_who_requires_it() {
    let server = passwords::server();
    for mode in [SslMode::Require, SslMode::VerifyCa, SslMode::VerifyFull] {
        let config = server
            .config("localhost")
            .ssl_mode(mode)
            .ssl_root_cert(encrypted().file("root.crt"));
        let error = failure(config).await;
        assert!(
            error.is_tls() && error.to_string().contains("does not support TLS"),
            "{mode}: {error}"
        );
    }
    assert!(!is_encrypted(server.config("localhost").ssl_mode(SslMode::Prefer)).await);
}

#[tokio::test]
async fn a_client_certificate_takes_the_place_of_a_password() {
    let tls = encrypted();
    let admin = Pool::connect(tls.server.config("localhost"))
        .await
        .unwrap()
        .public();
    admin.execute("CREATE ROLE certified LOGIN").await.unwrap();
    let (cert, key) = certificate(&tls.authority, "certified", &[]);
    let (cert_path, key_path) = (
        tls.write("certified.crt", &cert),
        tls.write("certified.key", &key),
    );
    let config = DatabaseConfig::new()
        .host("localhost")
        .port(tls.server.port())
        .user("certified");
    let pool = Pool::connect(
        config
            .clone()
            .ssl_mode(SslMode::Require)
            .ssl_client_cert(&cert_path, &key_path),
    )
    .await
    .unwrap();
    let shown: String = pool
        .public()
        .fetch_value("SELECT client_dn::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        .await
        .unwrap();
    assert!(shown.contains("CN=certified"), "{shown}");

    let url = format!(
        "postgres://certified@localhost:{}/postgres?sslmode=require&sslcert={}&sslkey={}",
        tls.server.port(),
        cert_path.display(),
        key_path.display()
    );
    assert!(is_encrypted(DatabaseConfig::from_url(&url).unwrap()).await);

    let error = failure(config.clone()).await;
    assert!(
        error.is_refused() && error.to_string().contains("client certificate"),
        "{error}"
    );
    let (cert, key) = certificate(&authority("the wrong authority"), "certified", &[]);
    let foreign = config.ssl_client_cert(
        tls.write("foreign.crt", &cert),
        tls.write("foreign.key", &key),
    );
    let error = failure(foreign).await;
    assert!(
        error.is_tls() && error.to_string().contains("sslcert"),
        "{error}"
    );
}

#[tokio::test]
async fn files_that_cannot_be_used_are_named_and_not_shown() {
    let tls = encrypted();
    let (cert, key) = certificate(&tls.authority, "somebody", &[]);
    let (cert, key) = (tls.write("some.crt", &cert), tls.write("some.key", &key));
    let other = tls.write("other.key", &KeyPair::generate().unwrap().serialize_pem());
    let broken = tls.write(
        "broken.key",
        "-----BEGIN PRIVATE KEY-----\ntopsecret!\n-----END PRIVATE KEY-----\n",
    );
    let locked = tls.write(
        "locked.key",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
    );
    let missing = tls.file("missing.pem");
    let base = || tls.server.config("localhost").ssl_mode(SslMode::Require);
    for (config, named) in [
        (base().ssl_root_cert(&missing), "sslrootcert"),
        (base().ssl_root_cert(&key), "holds no certificate"),
        (base().ssl_client_cert(&missing, &key), "sslcert"),
        (base().ssl_client_cert(&cert, &missing), "sslkey"),
        (base().ssl_client_cert(&cert, &cert), "holds no private key"),
        (base().ssl_client_cert(&cert, &broken), "broken.key"),
        (
            base().ssl_client_cert(&cert, &locked),
            "without a passphrase",
        ),
        (base().ssl_client_cert(&cert, &other), "some.crt"),
    ] {
        let error = failure(config.clone()).await;
        assert!(
            error.is_config() && error.to_string().contains(named),
            "{named}: {error}"
        );
        assert!(
            !format!("{error}{config:?}").contains("topsecret"),
            "{error}"
        );
        // Where nothing is encrypted, nothing is read.
        assert!(!failure(config.ssl_mode(SslMode::Disable)).await.is_config());
    }
    for (url, named) in [
        ("sslcert=/x", "without `sslkey`"),
        ("sslkey=/x", "without `sslcert`"),
    ] {
        let error =
            failure(DatabaseConfig::from_url(&format!("postgres://localhost/d?{url}")).unwrap())
                .await;
        assert!(
            error.is_config() && error.to_string().contains(named),
            "{error}"
        );
    }
}

#[tokio::test]
async fn passwords_are_checked_over_encrypted_connections_and_bound_to_them() {
    let tls = encrypted();
    let error = failure(
        tls.with_root("localhost", SslMode::VerifyFull)
            .password("topsecret"),
    )
    .await;
    assert!(error.is_authentication() && !error.is_tls(), "{error}");
    assert!(!error.to_string().contains("topsecret"), "{error}");
    let password: String = PASSWORD
        .bytes()
        .map(|byte| format!("%{byte:02X}"))
        .collect();
    let url = format!(
        "postgres://postgres:{password}@localhost:{}/postgres?sslmode=require&channel_binding=require",
        tls.server.port()
    );
    assert!(is_encrypted(DatabaseConfig::from_url(&url).unwrap()).await);
}

#[tokio::test]
async fn a_dropped_statement_is_cancelled_over_an_encrypted_connection() {
    let tls = encrypted();
    let watcher = Pool::connect(tls.server.config("localhost"))
        .await
        .unwrap()
        .public();
    // The driver requires encryption of the cancel request too, so without it there would be none.
    let pool = Pool::connect(
        tls.with_root("localhost", SslMode::VerifyFull)
            .max_connections(1),
    )
    .await
    .unwrap();
    let db = pool.public();
    let pid: i32 = db.fetch_value("SELECT pg_backend_pid()").await.unwrap();
    let active = async || {
        let query = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND state = 'active' AND query LIKE 'SELECT pg_sleep%'";
        watcher
            .fetch_value::<i64>(sql(query).bind(pid))
            .await
            .unwrap()
    };
    {
        let mut sleeping = Box::pin(db.execute("SELECT pg_sleep(1000)"));
        eventually("the statement runs", async || {
            assert!(futures_util::poll!(sleeping.as_mut()).is_pending());
            active().await == 1
        })
        .await;
    }
    eventually("the statement was cancelled", async || active().await == 0).await;
}

#[tokio::test]
async fn an_older_server_with_a_certificate_signed_by_itself_is_trusted_when_named() {
    // What `openssl req -new -x509` makes: an authority and a server in one.
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let cert = params.self_signed(&key).unwrap().pem();
    let server = TcpServer::start(
        "ssl = on\nssl_cert_file = '../server.crt'\nssl_key_file = '../server.key'\nssl_max_protocol_version = 'TLSv1.2'",
        "hostssl all all all scram-sha-256\n",
        &[("server.crt", &cert), ("server.key", &key.serialize_pem())],
    );
    let config = |host: &str| server.config(host).ssl_mode(SslMode::VerifyFull);
    let itself = server.directory().join("server.crt");
    let pool = Pool::connect(config("localhost").ssl_root_cert(&itself))
        .await
        .unwrap();
    let version: String = pool
        .public()
        .fetch_value("SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        .await
        .unwrap();
    assert_eq!(version, "TLSv1.2");
    assert!(
        failure(config("127.0.0.1").ssl_root_cert(&itself))
            .await
            .is_tls()
    );
    assert!(
        failure(config("localhost").ssl_root_cert(encrypted().file("root.crt")))
            .await
            .is_tls()
    );
}
