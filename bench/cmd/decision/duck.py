# Runs queries in DuckDB: a job as JSON on standard input, results as JSON on
# standard output. Rows are text; NULL is null.
import json, os, resource, sys, time
import duckdb

job = json.load(sys.stdin)
fresh = not os.path.exists(job["database"])
db = duckdb.connect(job["database"])
db.execute("SET enable_progress_bar = false")
db.execute("SET threads = %d" % job["threads"])
if job["memory"]:
    db.execute("SET memory_limit = '%s'" % job["memory"])


def cpu():
    u = resource.getrusage(resource.RUSAGE_SELF)
    return u.ru_utime + u.ru_stime


def measured(text):
    c, w = cpu(), time.monotonic()
    rows = db.execute(text).fetchall()
    return rows, cpu() - c, time.monotonic() - w


out = {"version": duckdb.__version__, "load_cpu": 0, "load_wall": 0, "queries": []}
if fresh:
    for s in job["setup"]:
        _, c, w = measured(s)
        out["load_cpu"] += c
        out["load_wall"] += w
for q in job["queries"]:
    r = {"name": q["name"]}
    try:
        rows, r["cpu"], r["wall"] = measured(q["sql"])
        r["rows"] = [[None if v is None else repr(v) if isinstance(v, float) else str(v) for v in row] for row in rows]
    except Exception as e:
        r["error"] = str(e)
    out["queries"].append(r)
out["peak_kib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
json.dump(out, sys.stdout)
