# as if in: referrals/web/sample.py
def page(request, note):
    print(note.body)  # bad
    breakpoint()  # bad
