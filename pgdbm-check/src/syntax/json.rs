//! SQL/JSON: constructors, query functions and what they share.

use pgdbm_template::TokenKind;

use super::{
    ast::{
        Expr, ExprKind, JsonBehavior, JsonExpr, JsonPathCall, JsonReturning, JsonValue, Name,
        ObjectName,
    },
    reader::{Read, Reader},
};

impl Reader<'_, '_> {
    /// None for plain functions (`json_build_object`, and `json_object('{a,b}')`).
    pub(super) fn json_call(&mut self, word: &str) -> Read<Option<ExprKind>> {
        if !matches!(
            word,
            "json"
                | "json_array"
                | "json_arrayagg"
                | "json_exists"
                | "json_object"
                | "json_objectagg"
                | "json_query"
                | "json_scalar"
                | "json_serialize"
                | "json_value"
        ) {
            return Ok(None);
        }
        let name_span = self.here();
        self.advance();
        let open = self.position;
        self.open()?;
        let json = match word {
            "json" => {
                let value = self.json_value()?;
                self.unique_keys();
                JsonExpr::Parse(value)
            }
            "json_scalar" => JsonExpr::Scalar(self.expression()?),
            "json_serialize" => JsonExpr::Serialize {
                value: self.json_value()?,
                returning: self.json_returning()?,
            },
            "json_array" => self.json_array()?,
            "json_object" => match self.json_object()? {
                Some(object) => object,
                None => {
                    self.position = open;
                    let name = ObjectName {
                        parts: vec![Name::new(word, name_span)],
                        span: name_span,
                    };
                    return Ok(Some(ExprKind::Call(Box::new(self.call(name)?))));
                }
            },
            "json_objectagg" => {
                let (key, value) = self.json_pair()?;
                self.on_null();
                self.unique_keys();
                let returning = self.json_returning()?;
                self.close()?;
                let filter = self.filter()?;
                let over = self.over()?;
                return Ok(Some(ExprKind::Json(Box::new(JsonExpr::ObjectAgg {
                    key,
                    value,
                    returning,
                    filter,
                    over,
                }))));
            }
            "json_arrayagg" => {
                let value = self.json_value()?;
                let order_by = self.order_by()?;
                self.on_null();
                let returning = self.json_returning()?;
                self.close()?;
                let filter = self.filter()?;
                let over = self.over()?;
                return Ok(Some(ExprKind::Json(Box::new(JsonExpr::ArrayAgg {
                    value,
                    order_by,
                    returning,
                    filter,
                    over,
                }))));
            }
            _ => {
                let call = self.json_path_call()?;
                match word {
                    "json_exists" => JsonExpr::Exists(call),
                    "json_value" => JsonExpr::Value(call),
                    _ => JsonExpr::Query(call),
                }
            }
        };
        self.close()?;
        Ok(Some(ExprKind::Json(Box::new(json))))
    }

    fn json_array(&mut self) -> Read<JsonExpr> {
        if matches!(self.word(), "select" | "values" | "with" | "table") {
            let query = self.query()?;
            self.json_format()?;
            return Ok(JsonExpr::ArrayQuery {
                query,
                returning: self.json_returning()?,
            });
        }
        let values = if self.is_close() || self.word() == "returning" {
            Vec::new()
        } else {
            self.list(Self::json_value)?
        };
        Ok(JsonExpr::Array {
            values,
            absent_on_null: self.on_null().unwrap_or(true),
            returning: self.json_returning()?,
        })
    }

    /// None: a plain call.
    fn json_object(&mut self) -> Read<Option<JsonExpr>> {
        if self.is_close() || self.word() == "returning" {
            return Ok(Some(JsonExpr::Object {
                pairs: Vec::new(),
                absent_on_null: false,
                returning: self.json_returning()?,
            }));
        }
        let start = self.position;
        let first = self.expression();
        let pairs = first.is_ok() && (self.is_kind(TokenKind::Colon) || self.word() == "value");
        self.position = start;
        if !pairs {
            return Ok(None);
        }
        let pairs = self.list(Self::json_pair)?;
        let absent_on_null = self.on_null().unwrap_or(false);
        self.unique_keys();
        Ok(Some(JsonExpr::Object {
            pairs,
            absent_on_null,
            returning: self.json_returning()?,
        }))
    }

    /// `key : value`, `key VALUE value`
    fn json_pair(&mut self) -> Read<(Expr, JsonValue)> {
        let key = self.expression()?;
        if !self.eat_kind(TokenKind::Colon) {
            self.expect("value")?;
        }
        Ok((key, self.json_value()?))
    }

    /// `ABSENT ON NULL` (true), `NULL ON NULL` (false).
    fn on_null(&mut self) -> Option<bool> {
        if self.eat(&["absent", "on", "null"]) {
            Some(true)
        } else if self.eat(&["null", "on", "null"]) {
            Some(false)
        } else {
            None
        }
    }

    fn unique_keys(&mut self) {
        if matches!(self.word(), "with" | "without") && self.word_at(1) == "unique" {
            self.advance();
            self.advance();
            self.eat(&["keys"]);
        }
    }

    pub(super) fn json_value(&mut self) -> Read<JsonValue> {
        Ok(JsonValue {
            expr: self.expression()?,
            format_json: self.json_format()?,
        })
    }

    fn json_format(&mut self) -> Read<bool> {
        if !self.eat(&["format", "json"]) {
            return Ok(false);
        }
        if self.eat(&["encoding"]) {
            self.label()?;
        }
        Ok(true)
    }

    fn json_returning(&mut self) -> Read<Option<JsonReturning>> {
        if !self.eat(&["returning"]) {
            return Ok(None);
        }
        self.json_type().map(Some)
    }

    pub(super) fn json_type(&mut self) -> Read<JsonReturning> {
        Ok(JsonReturning {
            target: self.type_name()?,
            format_json: self.json_format()?,
        })
    }

    /// What stands between the parentheses of JSON_EXISTS, JSON_VALUE and JSON_QUERY.
    fn json_path_call(&mut self) -> Read<JsonPathCall> {
        let mut call = self.json_path_source()?;
        call.returning = self.json_returning()?;
        self.json_wrapper();
        (call.on_empty, call.on_error) = self.json_behaviors()?;
        Ok(call)
    }

    /// `context, path [AS name] [PASSING …]`
    pub(super) fn json_path_source(&mut self) -> Read<JsonPathCall> {
        let context = self.json_value()?;
        if !self.eat_comma() {
            return self.stop("`,`");
        }
        let path = self.expression()?;
        if self.eat(&["as"]) {
            self.label()?;
        }
        let passing = if self.eat(&["passing"]) {
            self.list(|reader| {
                let value = reader.json_value()?;
                reader.expect("as")?;
                Ok((value, reader.label()?))
            })?
        } else {
            Vec::new()
        };
        Ok(JsonPathCall {
            context,
            path,
            passing,
            returning: None,
            on_empty: None,
            on_error: None,
        })
    }

    /// WRAPPER and QUOTES, which change values but no types.
    pub(super) fn json_wrapper(&mut self) {
        if matches!(self.word(), "with" | "without")
            && matches!(
                self.word_at(1),
                "conditional" | "unconditional" | "array" | "wrapper"
            )
        {
            self.advance();
            while matches!(
                self.word(),
                "conditional" | "unconditional" | "array" | "wrapper"
            ) {
                self.advance();
            }
        }
        if matches!(self.word(), "keep" | "omit") && self.word_at(1) == "quotes" {
            self.advance();
            self.advance();
            self.eat(&["on", "scalar", "string"]);
        }
    }

    /// `behavior ON EMPTY`, `behavior ON ERROR`.
    pub(super) fn json_behaviors(&mut self) -> Read<(Option<JsonBehavior>, Option<JsonBehavior>)> {
        let mut on_empty = None;
        let mut on_error = None;
        while let Some(behavior) = self.json_behavior()? {
            self.expect("on")?;
            if self.eat(&["empty"]) {
                on_empty = Some(behavior);
            } else {
                self.expect("error")?;
                on_error = Some(behavior);
            }
        }
        Ok((on_empty, on_error))
    }

    fn json_behavior(&mut self) -> Read<Option<JsonBehavior>> {
        let behavior = match self.word() {
            "null" => JsonBehavior::Null,
            "error" => JsonBehavior::Error,
            "true" => JsonBehavior::True,
            "false" => JsonBehavior::False,
            "unknown" => JsonBehavior::Unknown,
            "empty" if self.word_at(1) == "object" => {
                self.advance();
                JsonBehavior::EmptyObject
            }
            "empty" => {
                if self.word_at(1) == "array" {
                    self.advance();
                }
                JsonBehavior::EmptyArray
            }
            "default" => {
                self.advance();
                return Ok(Some(JsonBehavior::Default(self.expression()?)));
            }
            _ => return Ok(None),
        };
        self.advance();
        Ok(Some(behavior))
    }
}
