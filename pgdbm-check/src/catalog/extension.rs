//! Extensions: what CREATE EXTENSION brings.
