#[derive(Debug, pgdbm::Type)]
enum Shape {
    Nothing,
    Circle { radius: f64 },
}

fn main() {
    let _ = (Shape::Nothing, Shape::Circle { radius: 1.0 });
}
