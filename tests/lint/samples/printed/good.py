# as if in: referrals/web/sample.py
def page(self, note):
    self.stdout.write("Saved.")
