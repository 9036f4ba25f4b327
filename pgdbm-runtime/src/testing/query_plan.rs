//! query_plan
