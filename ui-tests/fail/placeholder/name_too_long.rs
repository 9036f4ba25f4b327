fn main() {
    let _ = pgdbm::query!("SELECT * FROM {{tables.a_name_of_sixty_four_bytes_is_one_byte_longer_than_the_limit_of_}}");
}
