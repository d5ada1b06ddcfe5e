# A data base that lives in memory.
import sqlite3
with sqlite3.connect(":memory:") as base:
    base.execute("create table t (n integer)")
    base.executemany("insert into t values (?)", [(1,), (2,), (3,)])
    right = base.execute("select sum(n) from t").fetchone() == (6,)
