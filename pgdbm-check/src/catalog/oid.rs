//! The identities of types that the rules themselves name. They are the server's own and the same in every version.

use super::TypeId;

pub(crate) const INVALID: TypeId = TypeId(0);

macro_rules! types {
    ($($name:ident = $oid:literal;)*) => { $(pub(crate) const $name: TypeId = TypeId($oid);)* };
}

types! {
    BOOL = 16; BYTEA = 17; NAME = 19; INT8 = 20; INT2 = 21; INT2VECTOR = 22; INT4 = 23;
    TEXT = 25; OID = 26; TID = 27; XID = 28; CID = 29; OIDVECTOR = 30; JSON = 114; XML = 142; FLOAT4 = 700; FLOAT8 = 701;
    UNKNOWN = 705; BPCHAR = 1042; VARCHAR = 1043; DATE = 1082; TIME = 1083; TIMESTAMP = 1114; TIMESTAMPTZ = 1184;
    INTERVAL = 1186; TIMETZ = 1266; BIT = 1560; CIDR = 650; INET = 869; VARBIT = 1562; NUMERIC = 1700; REGCLASS = 2205;
    RECORD = 2249; RECORD_ARRAY = 2287; CSTRING = 2275; ANY = 2276; ANYARRAY = 2277; VOID = 2278;
    TRIGGER = 2279; ANYELEMENT = 2283; ANYNONARRAY = 2776; ANYENUM = 3500; UUID = 2950;
    TSVECTOR = 3614; TSQUERY = 3615; JSONB = 3802; ANYRANGE = 3831; JSONPATH = 4072; ANYMULTIRANGE = 4537;
    ANYCOMPATIBLEMULTIRANGE = 4538; ANYCOMPATIBLE = 5077; ANYCOMPATIBLEARRAY = 5078; ANYCOMPATIBLENONARRAY = 5079;
    ANYCOMPATIBLERANGE = 5080;
}
