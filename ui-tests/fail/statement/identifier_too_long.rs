fn main() {
    let _ = pgdbm::query!("SELECT an_alias_of_sixty_four_bytes_is_one_byte_longer_than_the_limits_ FROM {{tables.users}}");
}
