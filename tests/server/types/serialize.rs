//! Feature `serde`: records as structs with their fields.

use std::collections::HashMap;

use pgdbm::query;
use serde_json::{json, to_value};

use crate::lab::lab;

#[tokio::test]
async fn a_record_is_a_struct_to_a_serializer() {
    lab(async |lab| {
        let row = query!(
            r#"SELECT 1 AS id, NULL::text AS "type", '1 day'::interval AS age, int4range(1, 4) AS "span!", '1.50'::money AS price"#
        );
        let row = row.fetch_one(&lab.db).await.unwrap();
        assert_eq!(
            to_value(&row).unwrap(),
            json!({
                "id": 1,
                "type": null,
                "age": {"months": 0, "days": 1, "microseconds": 0},
                "span": {"Within": [{"Included": 1}, {"Excluded": 4}]},
                "price": 150
            })
        );
        // In the order of the columns.
        assert!(serde_json::to_string(&row).unwrap().starts_with(r#"{"id":1,"type":null,"age""#));
    })
    .await;
}

#[tokio::test]
async fn types_of_ones_own_are_serialized_if_they_can_be() {
    lab(async |lab| {
        let row =
            query!(r#"SELECT ARRAY[1, NULL] AS "list!: Vec<Option<i32>>", '0/1'::pg_lsn AS lsn"#);
        let row = row.fetch_one(&lab.db).await.unwrap();
        // A record with a type that is none for serializers has all but that.
        assert_eq!(row.clone(), row);
        let row = query!(r#"SELECT ARRAY[1, NULL] AS "list!: Vec<Option<i32>>""#)
            .fetch_one(&lab.db)
            .await
            .unwrap();
        assert_eq!(to_value(&row).unwrap(), json!({"list": [1, null]}));
        let rows = HashMap::from([("rows", vec![row])]);
        assert_eq!(
            to_value(&rows).unwrap(),
            json!({"rows": [{"list": [1, null]}]})
        );
    })
    .await;
}

#[cfg(feature = "geo-types")]
#[tokio::test]
async fn shapes_of_the_crate_are_for_serializers() {
    lab(async |lab| {
        let row = query!(r#"SELECT point(1, 2) AS "at!", NULL::path AS way"#);
        let row = row.fetch_one(&lab.db).await.unwrap();
        assert_eq!(
            to_value(&row).unwrap(),
            json!({"at": {"x": 1.0, "y": 2.0}, "way": null})
        );
    })
    .await;
}
