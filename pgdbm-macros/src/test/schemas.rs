//! Which schemas a test has, and the migrations of each.

use std::sync::Arc;

use pgdbm_template::SchemaName;
use syn::{LitStr, TypePath};

use super::options::{MigrationsValue, Options, Placement};
use super::parameter::Parameter;
use crate::migrations::{DirectoryName, EmbeddedFile, embed};
use crate::package::Settings;
use crate::report::Report;

/// The schemas; the first is that of arguments which name none.
pub(super) struct Schemas(Vec<Schema>);

/// One schema.
pub(super) struct Schema {
    pub(super) name: String,
    pub(super) migrations: SchemaMigrations,
}

/// What makes a schema.
#[derive(Clone)]
pub(super) enum SchemaMigrations {
    None,
    /// Files that the test embeds.
    Files {
        module: String,
        files: Arc<[EmbeddedFile]>,
    },
    /// A type that carries them.
    Type(TypePath),
}

/// A schema as the arguments name it, with the first that says which migrations it gets.
struct Named<'p> {
    name: String,
    given: Option<&'p Placement>,
}

impl Schemas {
    pub(super) fn resolve(
        options: &Options,
        settings: &Settings,
        parameters: &[Parameter],
        report: &mut Report,
    ) -> Self {
        let own = &options.placement;
        let mut named = vec![Named {
            name: schema_of(own, settings),
            given: Some(own).filter(|own| own.migrations.is_some() || own.module.is_some()),
        }];
        for parameter in parameters {
            add(&mut named, &parameter.placement, report);
        }
        // Several tenants of one test get the same migrations without being told so one by one.
        let usual = migrations(own, settings, report);
        let schemas = named.into_iter().map(|Named { name, given }| Schema {
            name,
            migrations: match given {
                Some(placement) if !std::ptr::eq(placement, own) => {
                    migrations(placement, settings, report)
                }
                _ => usual.clone(),
            },
        });
        Schemas(schemas.collect())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Schema> {
        self.0.iter()
    }

    /// The name of the schema that an argument is for.
    pub(super) fn of(&self, parameter: &Parameter) -> String {
        match (&parameter.placement.schema, self.0.first()) {
            (Some(name), _) => name.value(),
            (None, Some(first)) => first.name.clone(),
            (None, None) => String::new(),
        }
    }
}

fn add<'p>(named: &mut Vec<Named<'p>>, placement: &'p Placement, report: &mut Report) {
    let Some(schema) = &placement.schema else {
        return;
    };
    let given = placement.migrations.is_some().then_some(placement);
    if given.is_none()
        && let Some(module) = &placement.module
    {
        report.at(
            module,
            "`module` names migrations, and this argument gives none\n\
             help: write `migrations = \"…\"` beside it, or remove `module`",
        );
    }
    let name = schema.value();
    let Some(known) = named.iter_mut().find(|known| known.name == name) else {
        named.push(Named { name, given });
        return;
    };
    match (known.given, given) {
        (None, Some(_)) => known.given = given,
        (Some(first), Some(second)) if !is_same(first, second) => report.at(
            &second.migrations,
            format!(
                "the schema `{name}` gets other migrations in another place of this test\n\
                 help: give them in one place, or name another schema"
            ),
        ),
        _ => {}
    }
}

fn is_same(first: &Placement, second: &Placement) -> bool {
    let migrations = match (&first.migrations, &second.migrations) {
        (Some(first), Some(second)) => first.is_same(second),
        (None, None) => true,
        _ => false,
    };
    let module = |placement: &Placement| placement.module.as_ref().map(LitStr::value);
    migrations && module(first) == module(second)
}

/// The schema of arguments that name none.
fn schema_of(own: &Placement, settings: &Settings) -> String {
    if let Some(schema) = &own.schema {
        return schema.value();
    }
    match (&own.module, &settings.schema) {
        (Some(module), _) => schema_named_for(&module.value()),
        (None, Some(schema)) => schema.clone(),
        (None, None) => schema_named_for(&settings.module()),
    }
}

/// A module's name as the name of a schema.
fn schema_named_for(module: &str) -> String {
    let name = module.to_lowercase().replace('-', "_");
    match SchemaName::new(&name) {
        Ok(_) => name,
        Err(_) => "app".to_owned(),
    }
}

fn migrations(placement: &Placement, settings: &Settings, report: &mut Report) -> SchemaMigrations {
    let directory = match &placement.migrations {
        Some(MigrationsValue::Type(carrier)) => return SchemaMigrations::Type(carrier.clone()),
        Some(MigrationsValue::None(_)) => return SchemaMigrations::None,
        Some(MigrationsValue::Directory(literal)) => DirectoryName::written(literal),
        None => match &settings.migrations {
            Some(name) => DirectoryName::of_manifest(name),
            None if DirectoryName::customary().exists() => DirectoryName::customary(),
            None => {
                if let Some(module) = &placement.module {
                    report.at(
                        module,
                        "`module` names migrations, and this package has no directory `migrations`\n\
                         help: name the directory with `migrations = \"…\"`, or remove `module`",
                    );
                }
                return SchemaMigrations::None;
            }
        },
    };
    let module = placement
        .module
        .as_ref()
        .map_or_else(|| settings.module(), LitStr::value);
    SchemaMigrations::Files {
        module,
        files: embed(&directory, report),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::{Options, Settings, schema_named_for, schema_of};
    use crate::report::Report;

    #[test]
    fn a_module_gives_its_schema_a_name_if_it_can() {
        assert_eq!(schema_named_for("shop"), "shop");
        assert_eq!(schema_named_for("Web-Shop"), "web_shop");
        for no_name in ["pg-tools", "7up", "a.b", "", "Käse", "information-schema"] {
            assert_eq!(schema_named_for(no_name), "app");
        }
    }

    #[test]
    fn what_is_said_nearest_to_the_test_names_its_schema() {
        let named = |options: &str, schema: Option<&str>, module: Option<&str>| {
            let mut report = Report::default();
            let options = Options::parse(options.parse().unwrap(), &mut report);
            assert!(report.is_clean());
            let settings = Settings {
                schema: schema.map(ToOwned::to_owned),
                module: module.map(ToOwned::to_owned),
                ..Settings::default()
            };
            schema_of(&options.placement, &settings)
        };
        let own = r#"schema = "a", module = "b""#;
        assert_eq!(named(own, Some("c"), Some("d")), "a");
        assert_eq!(named(r#"module = "b""#, Some("c"), Some("d")), "b");
        assert_eq!(named("", Some("c"), Some("d")), "c");
        assert_eq!(named("", None, Some("D-d")), "d_d");
        assert_eq!(named("", None, None), "pgdbm_macros");
    }
}
