package decision

import "strings"

// Query is one question. Its text is Athena's; every one orders its rows wholly,
// so that there is one right answer.
type Query struct {
	Name, About, SQL string
}

// DuckDB is the text for DuckDB, whose average of decimals is a double.
func (q *Query) DuckDB() string { return strings.ReplaceAll(q.SQL, "avg(", "davg(") }

// Queries are the questions: 22 of the shapes that the classic benchmarks ask,
// then further ones with several levels of aggregation, windows over aggregates,
// set operations, and outer joins.
var Queries = []Query{
	{"q01", "pricing summary: one pass, eight aggregates", `
SELECT l_returned, l_status, sum(l_quantity) AS quantity, sum(l_price) AS gross, sum(l_price * (1 - l_discount)) AS net,
  sum(l_price * (1 - l_discount) * (1 + l_tax)) AS charged, avg(l_quantity) AS mean_quantity, avg(l_price) AS mean_price, avg(l_discount) AS mean_discount, count(*) AS lines
FROM lineitem WHERE l_shipped <= DATE '1998-09-02'
GROUP BY l_returned, l_status ORDER BY l_returned, l_status`},

	{"q02", "the cheapest supplier of a part: a correlated minimum over four tables", `
SELECT s_balance, s_name, n_name, p_key, p_maker, s_address, s_phone, s_note
FROM part, supplier, partsupp, nation, region
WHERE p_key = ps_part AND s_key = ps_supplier AND p_size BETWEEN 13 AND 17 AND p_type LIKE '%BRASS'
  AND s_nation = n_key AND n_region = r_key AND r_name = 'EUROPE'
  AND ps_cost = (SELECT min(ps_cost) FROM partsupp, supplier, nation, region
    WHERE p_key = ps_part AND s_key = ps_supplier AND s_nation = n_key AND n_region = r_key AND r_name = 'EUROPE')
ORDER BY s_balance DESC, n_name, s_name, p_key LIMIT 100`},

	{"q03", "what to ship first: three tables, the first ten", `
SELECT l_order, sum(l_price * (1 - l_discount)) AS revenue, o_date
FROM customer, orders, lineitem
WHERE c_segment = 'HOTELS' AND c_key = o_customer AND l_order = o_key AND o_date < DATE '1995-03-15' AND l_shipped > DATE '1995-03-15'
GROUP BY l_order, o_date ORDER BY revenue DESC, o_date, l_order LIMIT 10`},

	{"q04", "orders of a quarter with a late line: EXISTS", `
SELECT o_priority, count(*) AS orders FROM orders
WHERE o_date >= DATE '1993-07-01' AND o_date < DATE '1993-10-01'
  AND EXISTS (SELECT * FROM lineitem WHERE l_order = o_key AND l_committed < l_received)
GROUP BY o_priority ORDER BY o_priority`},

	{"q05", "revenue where customer and supplier are neighbours: six tables, a cycle of equalities", `
SELECT n_name, sum(l_price * (1 - l_discount)) AS revenue
FROM customer, orders, lineitem, supplier, nation, region
WHERE c_key = o_customer AND l_order = o_key AND l_supplier = s_key AND c_nation = s_nation AND s_nation = n_key AND n_region = r_key
  AND r_name = 'ASIA' AND o_date >= DATE '1994-01-01' AND o_date < DATE '1995-01-01'
GROUP BY n_name ORDER BY revenue DESC`},

	{"q06", "what a discount forgoes: one pass, one number", `
SELECT sum(l_price * l_discount) AS revenue FROM lineitem
WHERE l_shipped >= DATE '1994-01-01' AND l_shipped < DATE '1995-01-01' AND l_discount BETWEEN DECIMAL '0.05' AND DECIMAL '0.07' AND l_quantity < 24`},

	{"q07", "goods between two nations: six tables, one of them twice, OR over both", `
SELECT supplier_nation, customer_nation, y, sum(volume) AS revenue FROM (
  SELECT n1.n_name AS supplier_nation, n2.n_name AS customer_nation, year(l_shipped) AS y, l_price * (1 - l_discount) AS volume
  FROM supplier, lineitem, orders, customer, nation n1, nation n2
  WHERE s_key = l_supplier AND o_key = l_order AND c_key = o_customer AND s_nation = n1.n_key AND c_nation = n2.n_key
    AND (n1.n_name = 'FRANCE' AND n2.n_name = 'GERMANY' OR n1.n_name = 'GERMANY' AND n2.n_name = 'FRANCE')
    AND l_shipped BETWEEN DATE '1995-01-01' AND DATE '1996-12-31') AS shipping
GROUP BY supplier_nation, customer_nation, y ORDER BY supplier_nation, customer_nation, y`},

	{"q08", "a nation's share of a market: eight tables", `
SELECT y, CAST(sum(CASE WHEN nation = 'BRAZIL' THEN volume ELSE 0 END) AS double) / CAST(sum(volume) AS double) AS share, count(*) AS lines FROM (
  SELECT year(o_date) AS y, l_price * (1 - l_discount) AS volume, n2.n_name AS nation
  FROM part, supplier, lineitem, orders, customer, nation n1, nation n2, region
  WHERE p_key = l_part AND s_key = l_supplier AND l_order = o_key AND o_customer = c_key AND c_nation = n1.n_key AND n1.n_region = r_key
    AND r_name = 'AMERICA' AND s_nation = n2.n_key AND o_date BETWEEN DATE '1995-01-01' AND DATE '1996-12-31' AND p_type LIKE 'PLAIN % STEEL') AS all_nations
GROUP BY y ORDER BY y`},

	{"q09", "profit by nation and year: six tables, a join over two columns", `
SELECT nation, y, sum(amount) AS profit FROM (
  SELECT n_name AS nation, year(o_date) AS y, l_price * (1 - l_discount) - ps_cost * l_quantity AS amount
  FROM part, supplier, lineitem, partsupp, orders, nation
  WHERE s_key = l_supplier AND ps_supplier = l_supplier AND ps_part = l_part AND p_key = l_part AND o_key = l_order AND s_nation = n_key AND p_name LIKE '%green%') AS profit
GROUP BY nation, y ORDER BY nation, y DESC`},

	{"q10", "who returns goods: four tables, many wide groups, the first twenty", `
SELECT c_key, c_name, sum(l_price * (1 - l_discount)) AS revenue, c_balance, n_name, c_address, c_phone, c_note
FROM customer, orders, lineitem, nation
WHERE c_key = o_customer AND l_order = o_key AND o_date >= DATE '1993-10-01' AND o_date < DATE '1994-01-01' AND l_returned = 'R' AND c_nation = n_key
GROUP BY c_key, c_name, c_balance, c_phone, n_name, c_address, c_note ORDER BY revenue DESC, c_key LIMIT 20`},

	{"q11", "stock that matters: groups against a share of the whole", `
SELECT ps_part, sum(ps_cost * ps_available) AS worth
FROM partsupp, supplier, nation WHERE ps_supplier = s_key AND s_nation = n_key AND n_name = 'GERMANY'
GROUP BY ps_part HAVING 10000 * sum(ps_cost * ps_available) > (
  SELECT sum(ps_cost * ps_available) FROM partsupp, supplier, nation WHERE ps_supplier = s_key AND s_nation = n_key AND n_name = 'GERMANY')
ORDER BY worth DESC, ps_part LIMIT 200`},

	{"q12", "are slow modes late: conditional counts over a join", `
SELECT l_mode, sum(CASE WHEN o_priority = '1-NOW' OR o_priority = '2-SOON' THEN 1 ELSE 0 END) AS urgent,
  sum(CASE WHEN o_priority <> '1-NOW' AND o_priority <> '2-SOON' THEN 1 ELSE 0 END) AS other
FROM orders, lineitem
WHERE o_key = l_order AND l_mode IN ('POST', 'SHIP') AND l_committed < l_received AND l_shipped < l_committed
  AND l_received >= DATE '1994-01-01' AND l_received < DATE '1995-01-01'
GROUP BY l_mode ORDER BY l_mode`},

	{"q13", "how many customers have how many orders: an outer join, two levels of aggregation", `
SELECT orders, count(*) AS customers FROM (
  SELECT c_key, count(o_key) FROM customer LEFT OUTER JOIN orders ON c_key = o_customer AND o_note NOT LIKE '%special%requests%'
  GROUP BY c_key) AS c_orders (c_key, orders)
GROUP BY orders ORDER BY customers DESC, orders DESC`},

	{"q14", "what a promotion brought: a share by CASE", `
SELECT 100e0 * CAST(sum(CASE WHEN p_type LIKE 'POLISHED%' THEN l_price * (1 - l_discount) ELSE 0 END) AS double) / CAST(sum(l_price * (1 - l_discount)) AS double) AS share
FROM lineitem, part WHERE l_part = p_key AND l_shipped >= DATE '1995-09-01' AND l_shipped < DATE '1995-10-01'`},

	{"q15", "the best supplier: a WITH query used twice, and its maximum", `
WITH revenue AS (
  SELECT l_supplier AS supplier, sum(l_price * (1 - l_discount)) AS total FROM lineitem
  WHERE l_shipped >= DATE '1996-01-01' AND l_shipped < DATE '1996-04-01' GROUP BY l_supplier)
SELECT s_key, s_name, s_address, s_phone, total FROM supplier, revenue
WHERE s_key = supplier AND total = (SELECT max(total) FROM revenue) ORDER BY s_key`},

	{"q16", "who can supply what: NOT IN, distinct counts of many groups", `
SELECT p_brand, p_type, p_size, count(DISTINCT ps_supplier) AS suppliers FROM partsupp, part
WHERE p_key = ps_part AND p_brand <> 'Brand#45' AND p_type NOT LIKE 'COATED PLATED%' AND p_size IN (49, 14, 23, 45, 19, 3, 36, 9)
  AND ps_supplier NOT IN (SELECT s_key FROM supplier WHERE s_note LIKE '%Customer%Complaints%')
GROUP BY p_brand, p_type, p_size ORDER BY suppliers DESC, p_brand, p_type, p_size LIMIT 500`},

	{"q17", "small orders: a correlated average over the large table", `
SELECT CAST(sum(l_price) AS double) / 7e0 AS yearly, count(*) AS lines FROM lineitem, part
WHERE p_key = l_part AND p_brand = 'Brand#23' AND p_container LIKE 'MEDIUM B%'
  AND 5 * l_quantity < (SELECT avg(l_quantity) FROM lineitem WHERE l_part = p_key)`},

	{"q18", "large orders: IN over groups with HAVING", `
SELECT c_name, c_key, o_key, o_date, o_total, sum(l_quantity) AS quantity FROM customer, orders, lineitem
WHERE o_key IN (SELECT l_order FROM lineitem GROUP BY l_order HAVING sum(l_quantity) > 280) AND c_key = o_customer AND o_key = l_order
GROUP BY c_name, c_key, o_key, o_date, o_total ORDER BY o_total DESC, o_date, o_key LIMIT 100`},

	{"q19", "discounted revenue: OR of ANDs that share an equality", `
SELECT sum(l_price * (1 - l_discount)) AS revenue, count(*) AS lines FROM lineitem, part
WHERE (p_key = l_part AND p_brand = 'Brand#12' AND p_container IN ('SMALL CASE', 'SMALL BOX', 'SMALL PACK', 'SMALL BAG')
    AND l_quantity >= 1 AND l_quantity <= 11 AND p_size BETWEEN 1 AND 5 AND l_mode IN ('AIR', 'COURIER') AND l_instruct = 'IN PERSON')
  OR (p_key = l_part AND p_brand = 'Brand#23' AND p_container IN ('MEDIUM BAG', 'MEDIUM BOX', 'MEDIUM PACK', 'MEDIUM CASE')
    AND l_quantity >= 10 AND l_quantity <= 20 AND p_size BETWEEN 1 AND 10 AND l_mode IN ('AIR', 'COURIER') AND l_instruct = 'IN PERSON')
  OR (p_key = l_part AND p_brand = 'Brand#34' AND p_container IN ('LARGE CASE', 'LARGE BOX', 'LARGE PACK', 'LARGE CRATE')
    AND l_quantity >= 20 AND l_quantity <= 30 AND p_size BETWEEN 1 AND 15 AND l_mode IN ('AIR', 'COURIER') AND l_instruct = 'IN PERSON')`},

	{"q20", "parts to promote: IN within IN, a correlated sum over two columns", `
SELECT s_name, s_address FROM supplier, nation
WHERE s_key IN (SELECT ps_supplier FROM partsupp
    WHERE ps_part IN (SELECT p_key FROM part WHERE p_name LIKE 'forest%')
      AND 2 * ps_available > (SELECT sum(l_quantity) FROM lineitem
        WHERE l_part = ps_part AND l_supplier = ps_supplier AND l_shipped >= DATE '1994-01-01' AND l_shipped < DATE '1995-01-01'))
  AND s_nation = n_key AND n_name = 'CANADA' ORDER BY s_name`},

	{"q21", "who kept others waiting: EXISTS and NOT EXISTS over the large table", `
SELECT s_name, count(*) AS waits FROM supplier, lineitem l1, orders, nation
WHERE s_key = l1.l_supplier AND o_key = l1.l_order AND o_status = 'F' AND l1.l_received > l1.l_committed
  AND EXISTS (SELECT * FROM lineitem l2 WHERE l2.l_order = l1.l_order AND l2.l_supplier <> l1.l_supplier)
  AND NOT EXISTS (SELECT * FROM lineitem l3 WHERE l3.l_order = l1.l_order AND l3.l_supplier <> l1.l_supplier AND l3.l_received > l3.l_committed)
  AND s_nation = n_key AND n_name = 'SAUDI ARABIA'
GROUP BY s_name ORDER BY waits DESC, s_name LIMIT 100`},

	{"q22", "customers to win back: NOT EXISTS, a scalar average", `
SELECT code, count(*) AS customers, sum(c_balance) AS balance FROM (
  SELECT substr(c_phone, 1, 2) AS code, c_balance FROM customer
  WHERE substr(c_phone, 1, 2) IN ('13', '31', '23', '29', '30', '18', '17')
    AND c_balance > (SELECT avg(c_balance) FROM customer WHERE c_balance > 0 AND substr(c_phone, 1, 2) IN ('13', '31', '23', '29', '30', '18', '17'))
    AND NOT EXISTS (SELECT * FROM orders WHERE o_customer = c_key)) AS customers
GROUP BY code ORDER BY code`},

	{"q23", "revenue by region, nation and year with all subtotals: ROLLUP, GROUPING", `
SELECT r_name, n_name, y, grouping(r_name, n_name, y) AS g, sum(o_total) AS total, count(*) AS orders
FROM (SELECT o_customer, year(o_date) AS y, o_total FROM orders) AS o, customer, nation, region WHERE o_customer = c_key AND c_nation = n_key AND n_region = r_key
GROUP BY ROLLUP (r_name, n_name, y) ORDER BY g DESC, r_name, n_name, y`},

	{"q24", "the three best suppliers of each nation: a window over aggregates", `
SELECT n_name, s_name, revenue, place FROM (
  SELECT n_name, s_name, sum(l_price * (1 - l_discount)) AS revenue, rank() OVER (PARTITION BY n_name ORDER BY sum(l_price * (1 - l_discount)) DESC) AS place
  FROM lineitem, supplier, nation WHERE l_supplier = s_key AND s_nation = n_key AND l_shipped BETWEEN DATE '1996-01-01' AND DATE '1996-12-31'
  GROUP BY n_name, s_name) AS t
WHERE place <= 3 ORDER BY n_name, place, s_name`},

	{"q25", "growth from year to year: a WITH query joined with itself", `
WITH yearly AS (
  SELECT c_segment AS segment, year(o_date) AS y, sum(o_total) AS total, count(*) AS orders FROM orders JOIN customer ON o_customer = c_key GROUP BY c_segment, year(o_date))
SELECT now.segment, now.y, now.total, now.total - before.total AS more, now.orders - before.orders AS more_orders
FROM yearly now LEFT JOIN yearly before ON before.segment = now.segment AND before.y = now.y - 1 ORDER BY now.segment, now.y`},

	{"q26", "customers of two years but not of the third: INTERSECT, EXCEPT", `
SELECT n_name, count(*) AS customers FROM (
  SELECT o_customer FROM orders WHERE year(o_date) = 1993
  INTERSECT SELECT o_customer FROM orders WHERE year(o_date) = 1994
  EXCEPT SELECT o_customer FROM orders WHERE year(o_date) = 1995) AS lost (k)
JOIN customer ON c_key = k JOIN nation ON c_nation = n_key GROUP BY n_name ORDER BY customers DESC, n_name`},

	{"q27", "nations with and without trade: several outer joins", `
SELECT r_name, n_name, coalesce(suppliers, 0) AS suppliers, coalesce(customers, 0) AS customers, rich FROM region
LEFT JOIN nation ON n_region = r_key
LEFT JOIN (SELECT s_nation, count(*) AS suppliers FROM supplier WHERE s_balance > 9000 GROUP BY s_nation) s ON s_nation = n_key
LEFT JOIN (SELECT c_nation, count(*) AS customers, max(c_balance) AS rich FROM customer WHERE c_segment = 'SCHOOLS' GROUP BY c_nation) c ON c_nation = n_key
ORDER BY r_name, n_name`},

	{"q28", "months with their running total and the change: windows with frames over aggregates", `
SELECT m, total, sum(total) OVER (ORDER BY m ROWS UNBOUNDED PRECEDING) AS so_far, total - lag(total) OVER (ORDER BY m) AS change,
  max(total) OVER (ORDER BY m ROWS BETWEEN 2 PRECEDING AND 2 FOLLOWING) AS highest, ntile(4) OVER (ORDER BY total) AS quarter
FROM (SELECT CAST(date_trunc('month', o_date) AS date) AS m, sum(o_total) AS total FROM orders GROUP BY 1) AS monthly ORDER BY m`},

	{"q29", "the first order of each customer that was large: row_number, then a join back", `
SELECT c_segment, count(*) AS customers, sum(o_total) AS total, min(o_date) AS earliest FROM (
  SELECT o_customer, o_total, o_date, row_number() OVER (PARTITION BY o_customer ORDER BY o_date, o_key) AS n FROM orders) AS numbered
JOIN customer ON c_key = o_customer WHERE n = 1 AND o_total > 200000 GROUP BY c_segment ORDER BY c_segment`},

	{"q30", "modes and instructions in chosen sets: GROUPING SETS with HAVING", `
SELECT l_mode, l_instruct, count(*) AS lines, count(DISTINCT l_supplier) AS suppliers, sum(l_quantity) AS quantity FROM lineitem
WHERE l_discount >= DECIMAL '0.09' GROUP BY GROUPING SETS ((l_mode, l_instruct), (l_mode), ()) HAVING count(*) > 10 ORDER BY l_mode, l_instruct`},

	{"q31", "two channels side by side: UNION ALL below a FULL JOIN", `
SELECT coalesce(a.y, b.y) AS y, a.total AS shipped, b.total AS ordered FROM (
  SELECT y, sum(v) AS total FROM (
    SELECT year(l_shipped) AS y, l_price AS v FROM lineitem WHERE l_mode = 'AIR'
    UNION ALL SELECT year(l_received), l_price FROM lineitem WHERE l_mode = 'RAIL') AS u GROUP BY y) a
FULL JOIN (SELECT year(o_date) AS y, sum(o_total) AS total FROM orders WHERE o_status <> 'P' GROUP BY 1) b ON a.y = b.y ORDER BY 1`},

	{"q32", "averages of sums of counts: four levels of aggregation", `
SELECT r_name, max(customers) AS most, min(customers) AS least, sum(orders) AS orders FROM (
  SELECT n_key, n_region, count(*) AS customers, sum(k) AS orders FROM (
    SELECT c_nation, c_key, count(*) AS k, sum(v) AS v FROM (
      SELECT o_customer, o_key, sum(l_price) AS v FROM orders JOIN lineitem ON l_order = o_key WHERE o_priority = '1-NOW' GROUP BY o_customer, o_key) AS o
    JOIN customer ON c_key = o_customer GROUP BY c_nation, c_key HAVING count(*) > 1) AS c
  JOIN nation ON n_key = c_nation GROUP BY n_key, n_region) AS n
JOIN region ON r_key = n_region GROUP BY r_name ORDER BY r_name`},
}
