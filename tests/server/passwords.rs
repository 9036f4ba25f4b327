//! Passwords over TCP, without encryption.

use std::sync::OnceLock;

use pgdbm::{DatabaseConfig, Pool};

use crate::tcp_server::{PASSWORD, TcpServer};

/// A server without TLS that asks everybody for a password.
pub(crate) fn server() -> &'static TcpServer {
    static SERVER: OnceLock<TcpServer> = OnceLock::new();
    SERVER.get_or_init(|| {
        TcpServer::start(
            "",
            "hostssl all encrypted_only all trust\nhost all stranger all reject\nhost all plain all password\nhost all postgres,ada,grace,nobody_at_all all scram-sha-256\n",
            &[],
        )
    })
}

async fn user(config: DatabaseConfig) -> String {
    let pool = Pool::connect(config).await.unwrap();
    pool.public()
        .fetch_value("SELECT current_user::text")
        .await
        .unwrap()
}

#[tokio::test]
async fn the_right_password_opens_the_door_however_it_is_given() {
    let server = server();
    assert_eq!(user(server.config("127.0.0.1")).await, "postgres");
    let encoded = PASSWORD
        .bytes()
        .map(|byte| format!("%{byte:02X}"))
        .collect::<String>();
    let url = format!(
        "postgres://postgres:{encoded}@localhost:{}/postgres",
        server.port()
    );
    assert_eq!(
        user(DatabaseConfig::from_url(&url).unwrap()).await,
        "postgres"
    );
    let quoted = PASSWORD.replace('\\', r"\\").replace('\'', r"\'");
    let pairs = format!(
        "host=127.0.0.1 port={} user=postgres password='{quoted}' dbname=postgres",
        server.port()
    );
    assert_eq!(
        user(DatabaseConfig::from_url(&pairs).unwrap()).await,
        "postgres"
    );
}

#[tokio::test]
async fn roles_made_with_the_product_get_in_with_their_own() {
    let admin = Pool::connect(server().config("127.0.0.1"))
        .await
        .unwrap()
        .public();
    for (role, password) in [
        ("ada", "one"),
        ("plain", "zwei ü"),
        ("grace", "\u{1F511}\u{AD}"),
    ] {
        admin
            .execute(format!("CREATE ROLE {role} LOGIN PASSWORD '{password}'"))
            .await
            .unwrap();
        let config = server().config("127.0.0.1").user(role);
        assert_eq!(user(config.clone().password(password)).await, role);
        assert!(Pool::connect(config).await.unwrap_err().is_authentication());
    }
}

#[tokio::test]
async fn a_wrong_password_is_its_own_error_and_is_not_repeated() {
    // Whether the role exists is nobody's business who has no password.
    for role in ["postgres", "nobody_at_all"] {
        let config = server()
            .config("127.0.0.1")
            .user(role)
            .password("topsecret");
        let error = Pool::connect(config).await.unwrap_err();
        assert!(error.is_authentication(), "{error}");
        assert!(
            !error.is_refused() && !error.is_unreachable() && !error.is_config() && !error.is_tls()
        );
        let text = error.to_string();
        assert!(
            text.contains(&format!("127.0.0.1:{}", server().port()))
                && text.contains("DB_PASSWORD"),
            "{text}"
        );
        assert!(text.contains(role) && !text.contains("topsecret"), "{text}");
    }
}

#[tokio::test]
async fn a_missing_password_is_an_error_of_authentication() {
    let config = DatabaseConfig::new()
        .host("127.0.0.1")
        .port(server().port());
    let error = Pool::connect(config).await.unwrap_err();
    assert!(
        error.is_authentication() && error.to_string().contains("password missing"),
        "{error}"
    );
}

#[tokio::test]
async fn who_is_not_let_in_with_any_password_is_refused() {
    let error = Pool::connect(server().config("127.0.0.1").user("stranger"))
        .await
        .unwrap_err();
    assert!(error.is_refused() && !error.is_authentication(), "{error}");
    assert_eq!(error.code(), Some("28000"));

    let error = Pool::connect(server().config("127.0.0.1").user("encrypted_only"))
        .await
        .unwrap_err();
    assert!(
        error.is_refused()
            && error
                .to_string()
                .contains("help: the server may want an encrypted"),
        "{error}"
    );
}

#[tokio::test]
async fn who_binds_the_password_to_an_encrypted_channel_does_not_send_it_over_another() {
    let pairs = format!(
        "host=127.0.0.1 port={} user=postgres password=x dbname=postgres channel_binding=require",
        server().port()
    );
    let error = Pool::connect(DatabaseConfig::from_url(&pairs).unwrap())
        .await
        .unwrap_err();
    assert!(
        error.is_authentication() && error.to_string().contains("channel binding"),
        "{error}"
    );
}
