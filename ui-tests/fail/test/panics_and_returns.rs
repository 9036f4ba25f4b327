#[pgdbm::test]
#[should_panic]
async fn a_user_cannot_be_added() -> Result<(), pgdbm::Error> {
    Ok(())
}

fn main() {}
