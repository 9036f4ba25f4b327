//! SQL/XML: XMLELEMENT and its kin.

use super::{
    ast::{Expr, ExprKind, Name, XmlExpr},
    reader::{Read, Reader},
};

impl Reader<'_, '_> {
    /// None for functions whose name merely begins so (`xml_is_well_formed`, `xmlagg`, `xmltext`).
    pub(super) fn xml_call(&mut self, word: &str) -> Read<Option<ExprKind>> {
        if !matches!(
            word,
            "xmlconcat"
                | "xmlelement"
                | "xmlexists"
                | "xmlforest"
                | "xmlparse"
                | "xmlpi"
                | "xmlroot"
                | "xmlserialize"
        ) {
            return Ok(None);
        }
        self.advance();
        self.advance();
        let xml = match word {
            "xmlconcat" => XmlExpr::Concat(self.list(Self::expression)?),
            "xmlelement" => {
                self.expect("name")?;
                self.label()?;
                let mut attributes = Vec::new();
                let mut content = Vec::new();
                if self.eat_comma() {
                    if self.eat(&["xmlattributes"]) {
                        attributes = self.enclosed(Self::xml_attribute)?;
                        if self.eat_comma() {
                            content = self.list(Self::expression)?;
                        }
                    } else {
                        content = self.list(Self::expression)?;
                    }
                }
                XmlExpr::Element {
                    attributes,
                    content,
                }
            }
            "xmlexists" => {
                let path = self.primary()?;
                let document = self.xml_passing()?;
                XmlExpr::Exists { path, document }
            }
            "xmlforest" => XmlExpr::Forest(self.list(Self::xml_attribute)?),
            "xmlparse" => {
                self.document_or_content()?;
                let text = self.expression()?;
                if matches!(self.word(), "preserve" | "strip") {
                    self.advance();
                    self.expect("whitespace")?;
                }
                XmlExpr::Parse(text)
            }
            "xmlpi" => {
                self.expect("name")?;
                self.label()?;
                let content = if self.eat_comma() {
                    Some(self.expression()?)
                } else {
                    None
                };
                XmlExpr::Pi(content)
            }
            "xmlroot" => {
                let xml = self.expression()?;
                if !self.eat_comma() {
                    return self.stop("`,`");
                }
                self.expect("version")?;
                let version = if self.eat(&["no", "value"]) {
                    None
                } else {
                    Some(self.expression()?)
                };
                if self.eat_comma() {
                    self.expect("standalone")?;
                    if !self.eat(&["no", "value"]) && !self.eat(&["yes"]) {
                        self.expect("no")?;
                    }
                }
                XmlExpr::Root { xml, version }
            }
            _ => {
                self.document_or_content()?;
                let operand = self.expression()?;
                self.expect("as")?;
                let target = self.type_name()?;
                if !self.eat(&["no", "indent"]) {
                    self.eat(&["indent"]);
                }
                XmlExpr::Serialize { operand, target }
            }
        };
        self.close()?;
        Ok(Some(ExprKind::Xml(Box::new(xml))))
    }

    fn document_or_content(&mut self) -> Read<()> {
        if self.eat(&["document"]) || self.eat(&["content"]) {
            Ok(())
        } else {
            self.stop("DOCUMENT or CONTENT")
        }
    }

    fn xml_attribute(&mut self) -> Read<(Expr, Option<Name>)> {
        let value = self.expression()?;
        let name = if self.eat(&["as"]) {
            Some(self.label()?)
        } else {
            None
        };
        Ok((value, name))
    }

    /// `PASSING [BY REF | VALUE] document [BY REF | VALUE]`
    pub(super) fn xml_passing(&mut self) -> Read<Expr> {
        self.expect("passing")?;
        self.passing_mechanism()?;
        let document = self.primary()?;
        self.passing_mechanism()?;
        Ok(document)
    }

    fn passing_mechanism(&mut self) -> Read<()> {
        if self.eat(&["by"]) && !self.eat(&["ref"]) {
            self.expect("value")?;
        }
        Ok(())
    }
}
