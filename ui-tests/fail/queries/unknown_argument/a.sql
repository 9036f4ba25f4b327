-- fn one() -> Vec<One>
SELECT 1 AS id
