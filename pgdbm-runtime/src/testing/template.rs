//! The migrated database of which each test gets a copy.

use super::keeper::Keeper;
use super::registry::{self, DATABASE_PREFIX, LockClass};
use super::renewal::Profile;
use super::session::{PATIENCE, Session, patiently};
use crate::{DatabaseConfig, DatabaseManager, EmbeddedMigrations, Error, MigrationManager, Pool};

/// What a database is to hold: schemas with their migrations, in order.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    schemas: Vec<(String, Vec<EmbeddedMigrations>)>,
    key: String,
}

impl Template {
    pub(crate) fn new(schemas: Vec<(String, Vec<EmbeddedMigrations>)>, role: &str) -> Template {
        let key = key(&schemas, role);
        Template { schemas, key }
    }

    /// The same for the same role, schemas, modules and files, whichever process asks; 24 hexadecimal digits. A role can only copy
    /// and drop what it owns.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    pub(crate) fn schemas(&self) -> &[(String, Vec<EmbeddedMigrations>)] {
        &self.schemas
    }

    /// The name of the template database.
    pub(crate) fn database(&self) -> String {
        registry::template_name(&self.key)
    }

    /// The name of the copy that tests share which change nothing for good.
    pub(crate) fn shared_database(&self) -> String {
        format!("{DATABASE_PREFIX}shared_{}", self.key)
    }

    /// Makes a schema and applies its migrations.
    pub(crate) async fn migrate_schema(
        db: &DatabaseManager,
        modules: &[EmbeddedMigrations],
    ) -> Result<(), Error> {
        db.ensure_schema().await?;
        for module in modules {
            MigrationManager::embedded(db, *module).apply().await?;
        }
        Ok(())
    }

    async fn migrate(&self, pool: &Pool) -> Result<(), Error> {
        for (schema, modules) in &self.schemas {
            Self::migrate_schema(&pool.manager(schema)?, modules).await?;
        }
        Ok(())
    }

    /// Makes the template database unless it is there.
    ///
    /// One process at a time; the others wait for it.
    pub(crate) async fn ensure(&self, keeper: &Keeper, test: &str) -> Result<(), Error> {
        let session = keeper.another_session().await?;
        self.lock(&session).await?;
        // The lock goes with the session.
        self.build(keeper, &session, test).await
    }

    /// Makes the shared copy unless it is there.
    pub(crate) async fn ensure_shared(&self, keeper: &Keeper, test: &str) -> Result<(), Error> {
        let session = keeper.another_session().await?;
        self.lock(&session).await?;
        self.build(keeper, &session, test).await?;
        let name = self.shared_database();
        if registry::is_there(&session, &name, "shared").await? {
            return Ok(());
        }
        let by = keeper.by(test);
        for message in registry::drop_database(&name, "making", true) {
            session.run(&message).await?;
        }
        session
            .run(&registry::insert(&name, "making", &self.key, &by))
            .await?;
        session
            .run(&registry::create(
                &name,
                &self.database(),
                keeper.copies_files(),
            ))
            .await?;
        session
            .run(&registry::made(&name, "shared"))
            .await
            .map(drop)
    }

    /// A migration sees a waiting lock as no older transaction, because that is in another database.
    async fn lock(&self, session: &Session) -> Result<(), Error> {
        let class = LockClass::Template;
        let number = registry::template_number(&self.key);
        let locked = session
            .run(&format!("SELECT pg_advisory_lock({class}, {number})"))
            .await;
        match locked {
            Err(error) if error.code() == Some("55P03") => Err(Error::config(format!(
                "another process has been making the tests' template database for {PATIENCE:?}: its migrations take long, \
                 or wait for something\n  help: see what it does in the view pg_stat_activity, or end it"
            ))),
            locked => locked.map(drop),
        }
    }

    async fn build(&self, keeper: &Keeper, session: &Session, test: &str) -> Result<(), Error> {
        let name = self.database();
        if registry::is_there(session, &name, "template").await? {
            return Ok(());
        }
        // What a process left behind that was killed here.
        for message in registry::drop_database(&name, "building", true) {
            session.run(&message).await?;
        }
        session
            .run(&registry::insert(
                &name,
                "building",
                &self.key,
                &keeper.by(test),
            ))
            .await?;
        session
            .run(&registry::create(&name, "template0", keeper.copies_files()))
            .await?;
        let profile = match self.fill(keeper.database(&name)?).await {
            Ok(profile) => profile,
            Err(error) => {
                for message in registry::drop_database(&name, "building", true) {
                    session.run(&message).await?;
                }
                return Err(error);
            }
        };
        let profile = match profile {
            Some(profile) => registry::literal(&profile.write()),
            None => "NULL".to_owned(),
        };
        session
            .run(&format!(
                "ALTER DATABASE {name} IS_TEMPLATE true; ALTER DATABASE {name} ALLOW_CONNECTIONS false;
                 UPDATE databases SET state = 'template', since = now(), profile = {profile} WHERE name = '{name}'"
            ))
            .await
            .map(drop)
    }

    async fn fill(&self, config: DatabaseConfig) -> Result<Option<Profile>, Error> {
        let config = config.max_connections(2);
        let pool = patiently(|| Pool::connect(config.clone())).await?;
        let migrated = self.migrate(&pool).await;
        // Nobody can copy a database in which somebody is.
        pool.close().await;
        migrated?;
        let session = Session::connect(&registry::config(config)).await?;
        let profile = Profile::of(&session).await;
        let ended = session.ended();
        drop(session);
        ended.await;
        profile
    }
}

/// Changes when what a template holds besides its migrations changes.
const LAYOUT: &str = "pgdbm template 1";

fn key(schemas: &[(String, Vec<EmbeddedMigrations>)], role: &str) -> String {
    let mut text = format!("{LAYOUT}\nrole {role:?}");
    for (schema, modules) in schemas {
        text.push_str(&format!("\nschema {schema}"));
        for module in modules {
            text.push_str(&format!("\nmodule {:?}", module.module));
            for file in module.files {
                text.push_str(&format!("\nfile {:?} {}", file.name, file.checksum));
            }
        }
    }
    let mut key = pgdbm_template::checksum(text.as_bytes());
    key.truncate(24);
    key
}
