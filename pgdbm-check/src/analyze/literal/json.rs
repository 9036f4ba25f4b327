//! Whether a text is JSON. After RFC 8259, as the server's own reader takes it.

/// Whether the whole text is one JSON value. It keeps its own stack: hostile nesting costs memory, not the thread's stack.
pub(super) fn is_json(text: &str) -> bool {
    let mut reader = Reader {
        bytes: text.as_bytes(),
        at: 0,
    };
    reader.document().is_some()
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// What a value stands in.
#[derive(Clone, Copy, PartialEq)]
enum Inside {
    Array,
    Object,
}

impl Reader<'_> {
    /// None: it is no JSON.
    fn document(&mut self) -> Option<()> {
        let mut open = Vec::new();
        loop {
            // A value begins here.
            self.space();
            match self.peek()? {
                b'[' => {
                    self.at += 1;
                    self.space();
                    if self.peek()? != b']' {
                        open.push(Inside::Array);
                        continue;
                    }
                    self.at += 1;
                }
                b'{' => {
                    self.at += 1;
                    self.space();
                    if self.peek()? != b'}' {
                        open.push(Inside::Object);
                        self.key()?;
                        continue;
                    }
                    self.at += 1;
                }
                b'"' => self.string()?,
                b'-' | b'0'..=b'9' => self.number()?,
                _ => self.word()?,
            }
            // A value has ended here: what follows it, until another one begins.
            loop {
                self.space();
                let Some(inside) = open.last().copied() else {
                    return (self.at == self.bytes.len()).then_some(());
                };
                let next = self.peek()?;
                self.at += 1;
                match (next, inside) {
                    (b',', Inside::Array) => break,
                    (b',', Inside::Object) => {
                        self.space();
                        self.key()?;
                        break;
                    }
                    (b']', Inside::Array) | (b'}', Inside::Object) => {
                        open.pop();
                    }
                    _ => return None,
                }
            }
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn key(&mut self) -> Option<()> {
        self.string()?;
        self.space();
        self.take(b':')
    }

    fn string(&mut self) -> Option<()> {
        self.take(b'"')?;
        loop {
            let byte = self.peek()?;
            self.at += 1;
            match byte {
                b'"' => return Some(()),
                b'\\' => {
                    let escaped = self.peek()?;
                    self.at += 1;
                    match escaped {
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                        b'u' => {
                            let digits = self.bytes.get(self.at..self.at + 4)?;
                            if !digits.iter().all(u8::is_ascii_hexdigit) {
                                return None;
                            }
                            self.at += 4;
                        }
                        _ => return None,
                    }
                }
                0..=0x1f => return None,
                _ => {}
            }
        }
    }

    fn number(&mut self) -> Option<()> {
        let _ = self.take(b'-');
        match self.peek()? {
            b'0' => self.at += 1,
            _ => self.digits()?,
        }
        if self.take(b'.').is_some() {
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    fn word(&mut self) -> Option<()> {
        let rest = self.bytes.get(self.at..)?;
        let word = ["true", "false", "null"]
            .into_iter()
            .find(|word| rest.starts_with(word.as_bytes()))?;
        self.at += word.len();
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::is_json;

    #[test]
    fn json_and_what_is_none() {
        for good in [
            "{}",
            " [ ] ",
            "null",
            "-0.5e+3",
            "0",
            r#"{"a": [1, {"b": "\u00e9\n"}], "c": true}"#,
            "[[[]]]",
            "\"\"",
        ] {
            assert!(is_json(good), "{good}");
        }
        for bad in [
            "",
            " ",
            "{",
            "[1,]",
            "{a: 1}",
            "{\"a\"}",
            "{\"a\": }",
            "01",
            "1.",
            ".5",
            "+1",
            "nul",
            "truex",
            "'a'",
            "[1] 2",
            "\"\u{1}\"",
            "\"\\x\"",
            "\"\\u12g4\"",
            "]",
            "[}",
            "{\"a\":1,}",
            "-",
            "1e",
        ] {
            assert!(!is_json(bad), "{bad}");
        }
        assert!(!is_json(&"[".repeat(1_000_000)));
    }
}
