//! query_log
