//! Placeholder.
pub(crate) struct EmbeddedFile {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) checksum: String,
}
pub(crate) fn embed(
    _: &crate::migrations::attribute::MigrationsAttribute,
    _: &mut crate::report::Report,
) -> Vec<EmbeddedFile> {
    Vec::new()
}
