select t||'x', t||i, v||v, c||t, at||at, at||'x'::text, 'x'||at, ai||1, 1||ai, jb||'{}', by||by from a
