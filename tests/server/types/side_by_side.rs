//! Bulk inserts through `unnest`: arrays of different lengths are refused before they are sent.

use pgdbm::{query, query_scalar};

use crate::lab::lab;

#[tokio::test]
async fn arrays_of_one_length_go_side_by_side() {
    lab(async |lab| {
        let pairs = query!(
            r#"SELECT n AS "n!", t FROM unnest($1::int[], $2::text[]) AS u(n, t)"#,
            &[1, 2],
            vec![Some("a"), None]
        );
        let pairs = pairs.fetch_all(&lab.db).await.unwrap();
        assert_eq!(pairs.len(), 2);
        assert_eq!((pairs[1].n, pairs[1].t.as_deref()), (2, None));
        let nothing = query!(
            "SELECT * FROM unnest($1::int[], $2::text[]) AS u(n, t)",
            None::<Vec<i32>>,
            Vec::<String>::new()
        );
        assert!(nothing.fetch_all(&lab.db).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn arrays_of_different_lengths_are_refused_by_their_names() {
    lab(async |lab| {
        let db = &lab.db;
        let (ids, names) = ([1, 2, 3], ["a", "b"]);
        for (error, parts) in [
            (
                query!("SELECT u.* FROM unnest($ids::int[], $names::text[]) AS u(id, name)").fetch_all(db).await.err(),
                ["`$ids` and `$names`", "3 elements and 2"],
            ),
            (
                // At any depth, and beside parameters that are no arrays.
                query!(
                    "WITH u AS (SELECT * FROM unnest($2::int[], $3::int[], $4::int[]) AS u(a, b, c)) SELECT $1::text AS t FROM u",
                    "x",
                    [1],
                    [1],
                    Some([1, 2])
                )
                .fetch_all(db)
                .await
                .err(),
                ["`$2` and `$4`", "1 element and 2"],
            ),
            (
                query!("SELECT 1 AS one FROM unnest($1::int[], $2::int[]) AS u(a, b)", [1], None::<[i32; 1]>).fetch_all(db).await.err(),
                ["`$1` and `$2`", "1 element and 0"],
            ),
        ] {
            let error = error.unwrap();
            assert!(error.is_argument());
            for part in parts.into_iter().chain(["nothing was sent", "ROWS FROM"]) {
                assert!(error.to_string().contains(part), "no {part} in {error}");
            }
        }
        // Nothing is wrong with the connection.
        assert_eq!(query_scalar!("SELECT 1 AS \"one!\"").fetch_one(db).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_written_out_is_filled_up() {
    lab(async |lab| {
        let rows = query!(
            "SELECT * FROM ROWS FROM (unnest($1::int[]), unnest($2::text[])) AS u(n, t)",
            [1, 2],
            ["a"]
        );
        let rows = rows.fetch_all(&lab.db).await.unwrap();
        assert_eq!((rows[1].n, rows[1].t.as_deref()), (Some(2), None));
    })
    .await;
}

#[tokio::test]
async fn each_run_of_a_prepared_query_is_looked_at() {
    lab(async |lab| {
        let pairs = query!("SELECT * FROM unnest($1::int[], $2::int[]) AS u(a, b)");
        let prepared = lab.db.prepare(pairs).await.unwrap();
        assert_eq!(
            prepared.fetch_all((vec![1], vec![2])).await.unwrap().len(),
            1
        );
        assert!(
            prepared
                .fetch_all((vec![1], vec![2, 3]))
                .await
                .unwrap_err()
                .is_argument()
        );
        assert_eq!(
            prepared
                .fetch_all((vec![1, 2], vec![2, 3]))
                .await
                .unwrap()
                .len(),
            2
        );
    })
    .await;
}

/// The numbers of the parameters are others where an optional part is missing.
#[tokio::test]
async fn optional_parts_make_no_difference_to_who_goes_beside_whom() {
    lab(async |lab| {
        let count = async |least: Option<i32>, ids: &[i32], names: &[&str]| {
            query_scalar!(
                "SELECT count(*) FROM (SELECT 1) one CROSS JOIN LATERAL (SELECT 1 {{if $least}} WHERE $least > 0 {{end}}) two
                 CROSS JOIN unnest($ids::int[], $names::text[]) AS u(id, name)"
            )
            .fetch_one(&lab.db)
            .await
        };
        for least in [None, Some(1)] {
            assert_eq!(count(least, &[1, 2], &["a", "b"]).await.unwrap(), 2);
            let error = count(least, &[1, 2], &["a"]).await.unwrap_err().to_string();
            assert!(error.contains("`$ids` and `$names`"), "{error}");
        }
    })
    .await;
}
