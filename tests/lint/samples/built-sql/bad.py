# as if in: portal/accounts/identity.py
def asked(cursor, name, manager):
    cursor.execute(f"SELECT * FROM people WHERE name = '{name}'")  # bad
    cursor.execute("SELECT * FROM people WHERE name = '%s'" % name)  # bad
    cursor.execute("SELECT * FROM people WHERE name = '" + name + "'")  # bad
    cursor.execute("SELECT * FROM people WHERE name = '{}'".format(name))  # bad
