# as if in: portal/accounts/identity.py
SQL = "SELECT * FROM people WHERE name = %s"


def asked(cursor, name):
    cursor.execute(SQL, [name])
    cursor.execute("SELECT 1 " + "FROM people")
