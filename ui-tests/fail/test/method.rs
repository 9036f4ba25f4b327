struct Suite;

impl Suite {
    #[pgdbm::test]
    async fn a_user_can_be_added(&self) {
        let Suite = self;
    }
}

fn main() {
    let _ = Suite;
}
