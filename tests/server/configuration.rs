//! Configuration, and the errors of connecting: each its own.

use std::net::TcpListener;
use std::time::Duration;

#[cfg(unix)]
use pgdbm::testing::PgServer;
use pgdbm::{DatabaseConfig, Pool};

use crate::lab::{lab, server};
use crate::port::Port;

#[test]
fn the_password_is_masked() {
    let config =
        DatabaseConfig::from_url("postgres://ada:s3cr%40t@db.example.com:5433/shop").unwrap();
    assert_eq!(
        config.to_string(),
        "postgres://ada:****@db.example.com:5433/shop"
    );
    for shown in [
        format!("{config}"),
        format!("{config:?}"),
        format!("{config:#?}"),
    ] {
        assert!(!shown.contains("s3cr"), "{shown}");
    }
    let config = DatabaseConfig::new()
        .host("h")
        .user("u")
        .password("pässwort")
        .database("d")
        .port(1);
    assert_eq!(config.to_string(), "postgres://u:****@h:1/d");
    assert!(!format!("{config:?}").contains("pässwort"));
}

#[test]
fn a_malformed_url_is_an_error_that_does_not_repeat_it() {
    for url in [
        "postgres://u:topsecret@host:port/d",
        "nonsense topsecret",
        "",
        "localhost/topsecret",
        "mysql://u:topsecret@h/d",
        "jdbc:postgresql://u:topsecret@h/d?a=b",
        "POSTGRES://u:topsecret@h/d?sslmode=x",
        "\"postgres://u:topsecret@h/d?a=b\"",
        "\u{feff}postgres://u:topsecret@h/d?a=b",
        "postgresql+asyncpg://u:topsecret@h/d?a=b",
        "postgres:/u:topsecret@h/d?x=y",
        "u:topsecret@h/d?x=y",
        "postgres://u:p?q@topsecret@h/d",
        "postgres://u:p?topsecret@h/d",
        "postgres://h/d?topsecret@x=1",
        "postgres://u:x@topsecret@host/d",
        "postgres://u:x@y/topsecret@host/d",
        "postgresql://u:topsecret@@host/d?sslmode=disable",
        "postgres://u:topsecret@[::1/d",
        "host=topsecret port=x",
    ] {
        let error = DatabaseConfig::from_url(url).unwrap_err();
        assert!(error.is_config());
        assert!(!error.to_string().contains("topsecret"), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn a_socket_directory_is_shown_as_a_url_that_means_it() {
    let config = DatabaseConfig::new()
        .host("/tmp/a b&c/run")
        .user("Jane Doe")
        .password("topsecret")
        .database("x/y?z");
    let shown = config.to_string();
    assert_eq!(
        shown,
        "postgres://Jane%20Doe:****@/x%2Fy%3Fz?host=/tmp/a%20b%26c/run&port=5432"
    );
    for (written, shown) in [
        (shown.as_str(), shown.as_str()),
        (
            "postgres://u@%2Frun:1/d",
            "postgres://u@/d?host=/run&port=1",
        ),
        (
            "host=/run,db.example.com port=1,2 user=u dbname=d",
            "postgres://u@%2Frun:1,db.example.com:2/d",
        ),
        ("postgres://u@[::1],b:2/d", "postgres://u@[::1]:5432,b:2/d"),
        ("postgres:///d", "postgres://postgres@localhost:5432/d"),
    ] {
        let read = DatabaseConfig::from_url(written).unwrap();
        assert_eq!(read.to_string(), shown);
        let again = DatabaseConfig::from_url(shown).unwrap();
        assert_eq!(again.to_string(), shown);
    }
}

#[test]
fn a_directory_in_place_of_the_database_is_not_taken_for_this_machine() {
    for url in [
        "postgres://postgres@/dev/shm/topsecret/run:5432/shop",
        "postgresql://u:topsecret@/run/postgresql/shop?sslmode=disable",
        "postgres:///run/postgresql",
        "postgres://:5432/run/postgresql",
    ] {
        let error = DatabaseConfig::from_url(url).unwrap_err();
        let text = error.to_string();
        assert!(
            error.is_config() && text.contains("?host=/directory"),
            "{text}"
        );
        assert!(!text.contains("topsecret"), "{text}");
    }
    for url in [
        "postgres:///shop",
        "postgres:///a%2Fb",
        "postgres:///?host=/run/postgresql",
        "postgres:///a/b?port=1&host=/run/postgresql",
    ] {
        DatabaseConfig::from_url(url).unwrap();
    }
}

#[test]
fn fields_override_what_the_url_said() {
    let config = DatabaseConfig::from_url("postgres://a:b@one:1/c")
        .unwrap()
        .host("two")
        .port(2)
        .user("x")
        .database("y");
    assert_eq!(config.to_string(), "postgres://x:****@two:2/y");
}

#[tokio::test]
async fn a_server_that_is_down_is_unreachable() {
    let nobody = Port::reserve();
    let port = nobody.number();
    let config = DatabaseConfig::new()
        .host("127.0.0.1")
        .port(port)
        .password("topsecret");
    let error = Pool::connect(config).await.unwrap_err();
    assert!(error.is_unreachable() && !error.is_refused() && !error.is_authentication());
    let text = error.to_string();
    assert!(
        text.contains(&format!("127.0.0.1:{port}")) && text.contains("help: start the server"),
        "{text}"
    );
    assert!(!text.contains("topsecret"));

    let error = Pool::connect(DatabaseConfig::new().host("/nonexistent/socket/directory"))
        .await
        .unwrap_err();
    assert!(error.is_unreachable(), "{error}");
}

#[tokio::test]
async fn something_that_does_not_speak_postgresql_is_not_taken_for_a_server() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let closing = std::thread::spawn(move || drop(listener.accept()));
    let config = DatabaseConfig::new().host("127.0.0.1").port(port);
    let error = Pool::connect(config).await.unwrap_err();
    assert!(error.is_refused() || error.is_unreachable(), "{error}");
    closing.join().unwrap();
}

#[tokio::test]
async fn a_server_that_refuses_says_why() {
    let config = DatabaseConfig::from_url(server().url())
        .unwrap()
        .database("no_such_database");
    let error = Pool::connect(config).await.unwrap_err();
    assert!(error.is_refused() && !error.is_unreachable());
    assert_eq!(error.code(), Some("3D000"));
    assert!(error.to_string().contains("no_such_database"), "{error}");
}

#[tokio::test]
async fn a_role_that_does_not_exist_is_not_let_in() {
    let config = DatabaseConfig::from_url(server().url())
        .unwrap()
        .user("nobody_at_all");
    let error = Pool::connect(config).await.unwrap_err();
    assert!(error.is_refused() || error.is_authentication(), "{error}");
}

#[tokio::test]
async fn settings_reach_every_session() {
    lab(async |lab| {
        let config = lab
            .config()
            .setting("work_mem", "7MB")
            .setting("application_name", "it's a \\ test")
            .lock_timeout(None);
        let pool = Pool::connect(config).await.unwrap();
        let db = pool.public();
        assert_eq!(
            db.fetch_value::<String>("SHOW work_mem").await.unwrap(),
            "7MB"
        );
        assert_eq!(
            db.fetch_value::<String>("SHOW statement_timeout")
                .await
                .unwrap(),
            "1min"
        );
        assert_eq!(
            db.fetch_value::<String>("SHOW lock_timeout").await.unwrap(),
            "0"
        );
        for name in ["search_path", "SEARCH_PATH"] {
            let error = Pool::connect(lab.config().setting(name, "shop"))
                .await
                .unwrap_err();
            assert!(
                error.is_config() && error.to_string().contains("pool.manager"),
                "{error}"
            );
        }
        let error = Pool::connect(lab.config().setting("a b; --", "x"))
            .await
            .unwrap_err();
        assert!(error.is_config(), "{error}");
    })
    .await;
}

#[cfg(not(feature = "tls"))]
#[tokio::test]
async fn an_encrypted_connection_that_cannot_be_made_is_refused_not_skipped() {
    for (parameters, named) in [
        ("sslmode=require", "sslmode=require"),
        ("sslmode=verify-ca", "sslmode=verify-ca"),
        ("sslmode=verify-full", "sslmode=verify-full"),
        ("sslrootcert=system", "sslmode=verify-full"),
        ("sslrootcert=/root.crt", "naming certificates"),
        ("sslcert=/a.crt&sslkey=/a.key", "naming certificates"),
    ] {
        let config =
            DatabaseConfig::from_url(&format!("postgres://u@localhost/d?{parameters}")).unwrap();
        let error = Pool::connect(config).await.unwrap_err();
        let text = error.to_string();
        assert!(
            error.is_config() && text.contains(named) && text.contains("feature `tls`"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_mode_of_encryption_that_does_not_exist_is_an_error() {
    for text in [
        "postgres://u@h/d?sslmode=topsecret",
        "host=h sslmode=allow",
        "host=h sslmode='verify_full'",
    ] {
        let error = DatabaseConfig::from_url(text).unwrap_err();
        assert!(
            error.is_config() && error.to_string().contains("`verify-full`"),
            "{error}"
        );
        assert!(!error.to_string().contains("topsecret"), "{error}");
    }
    for mode in ["prefer", "disable"] {
        let text = format!("host=127.0.0.1 sslnegotiation=direct sslmode={mode}");
        let error = Pool::connect(DatabaseConfig::from_url(&text).unwrap())
            .await
            .unwrap_err();
        assert!(
            error.is_config() && error.to_string().contains("sslnegotiation=direct"),
            "{error}"
        );
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_unix_socket_needs_no_encryption_in_any_mode() {
    let private = PgServer::private().unwrap();
    for parameters in [
        "sslmode=verify-full&sslrootcert=/missing",
        "sslmode=require&sslcert=/missing",
        "sslmode=disable",
    ] {
        let config = DatabaseConfig::from_url(&format!("{}&{parameters}", private.url())).unwrap();
        let db = Pool::connect(config).await.unwrap().public();
        assert_eq!(db.fetch_value::<i32>("SELECT 1").await.unwrap(), 1);
    }
}

#[test]
fn what_a_url_says_of_timeouts_holds() {
    let config = DatabaseConfig::from_url("postgres://u@h/d?connect_timeout=3").unwrap();
    assert!(
        format!("{config:?}").contains("connect_timeout: 3s"),
        "{config:?}"
    );
}

#[tokio::test]
async fn what_would_undo_a_manager_s_promises_does_not_get_in_through_the_options() {
    for options in [
        "-c%20search_path%3Devil",
        "-csearch_path%3Devil",
        "--search-path%3Devil",
        "-c%20SEARCH_PATH%3Devil",
        "-c%20standard_conforming_strings%3Doff",
    ] {
        let url = format!("postgres://postgres@localhost/d?options={options}");
        let config = DatabaseConfig::from_url(&url).unwrap();
        let error = Pool::connect(config).await.unwrap_err();
        assert!(
            error.is_config() && error.to_string().contains("may not be set"),
            "{options}: {error}"
        );
    }
    let injected = DatabaseConfig::new().setting("work_mem", "7MB\t-c\tsearch_path=evil");
    assert!(Pool::connect(injected).await.unwrap_err().is_config());
    for config in [
        DatabaseConfig::new().max_connections(usize::MAX),
        DatabaseConfig::from_url("postgres://u@a:1,b:2/d")
            .unwrap()
            .host("c"),
        DatabaseConfig::new().user("a\0b"),
        DatabaseConfig::new().host("a\0b"),
    ] {
        assert!(Pool::connect(config).await.unwrap_err().is_config());
    }
}

#[tokio::test]
async fn a_limit_below_a_millisecond_is_no_unlimited_one() {
    lab(async |lab| {
        let config = lab.config().lock_timeout(Some(Duration::from_micros(900)));
        let pool = Pool::connect(config).await.unwrap();
        let limit: String = pool
            .public()
            .fetch_value("SHOW lock_timeout")
            .await
            .unwrap();
        assert_eq!(limit, "1ms");
        // Another setting whose name contains that of a limit does not switch it off.
        let url = format!("{}&options=-c%20deadlock_timeout%3D2s", lab.url());
        let pool = Pool::connect(DatabaseConfig::from_url(&url).unwrap())
            .await
            .unwrap();
        let limit: String = pool
            .public()
            .fetch_value("SHOW lock_timeout")
            .await
            .unwrap();
        assert_eq!(limit, "5s");
    })
    .await;
}
