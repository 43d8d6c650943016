CREATE EXTERNAL TABLE IF NOT EXISTS `sample_table` ( `id` decimal, `amount` decimal, `created_at` string )
ROW FORMAT SERDE 'com.amazon.ionhiveserde.IonHiveSerDe'
WITH SERDEPROPERTIES ( 'ion.id.path_extractor' = '(Item id)', 'ion.amount.path_extractor' = '(Item amount)', 'ion.created_at.path_extractor' = '(Item created_at)' )
STORED AS ION LOCATION 's3://example-bucket/export/AWSDynamoDB/01688083200000-abcd1234/data/';

SELECT id, SUM(amount) as amount FROM "default"."sample_table"
WHERE from_iso8601_timestamp(created_at) BETWEEN from_iso8601_timestamp('2023-07-01T00:00:00.00') AND from_iso8601_timestamp('2023-08-01T00:00:00.00')
GROUP BY(id)
