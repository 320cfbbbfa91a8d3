# as if in: referrals/web/sample.py
def page(request, found, form, action):
    action(**form.cleaned_data)
    return found.filter(stage=request.GET.get("stage", ""))
