"""The rules, as a table at the end. Each looks at one file's syntax tree and gives the lines it does not like."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("portal/", "referrals/", "content/", "notifications/")
SCREENS = ("referrals/web/", "referrals/api/")
Find = Callable[[ast.AST], Iterator[ast.AST]]


@dataclass(frozen=True)
class Rule:
    """`where`, `but`: beginnings of paths it is asked about, and not. `except_in`: {file: why it may}."""

    name: str
    why: str
    find: Find
    where: tuple[str, ...] = PRODUCT
    but: tuple[str, ...] = ()
    except_in: Mapping[str, str] = field(default_factory=dict)

    def applies(self, path: str) -> bool:
        return path.startswith(self.where) and not path.startswith(self.but)

    def lines(self, tree: ast.AST) -> list[int]:
        return sorted({node.lineno for node in self.find(tree)})  # type: ignore[attr-defined]


# --- reading a tree ---------------------------------------------------------------------------------------------------


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call, with the last part of what is called: `a.b.c(…)` is "c"."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield name_of(node.func), node


def name_of(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def names_in(node: ast.AST) -> set[str]:
    return {name_of(part) for part in ast.walk(node)} - {""}


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((each.value for each in call.keywords if each.arg == name), None)


def is_false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


@cache
def casework() -> frozenset[str]:
    """The names of the casework's models, read from referrals/models."""
    bases = {"Model", "Arrival", "GroupObjectPermissionBase"}
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "referrals/models").glob("*.py")]
    every = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    found = {node.name for node in every if any(name_of(base) in bases for base in node.bases)}
    return frozenset(found - {"IdempotencyKey", "Arrival"})


# --- what each looks for ----------------------------------------------------------------------------------------------


def raw_manager(tree: ast.AST) -> Iterator[ast.AST]:
    """`Case.objects`, `Event.objects`; and a manager of a model that is only known at run time."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and (
            (node.attr == "objects" and name_of(node.value) in casework())
            or node.attr in {"_default_manager", "_base_manager"}
        ):
            yield node


def asked_elsewhere(tree: ast.AST) -> Iterator[ast.AST]:
    asks = {
        "has_perm",
        "has_perms",
        "has_module_perms",
        "ObjectPermissionChecker",
        "get_users_with_perms",
        "assign_perm",
    }
    asks |= {"user_passes_test", "permission_required", "get_perms"}
    for name, call in calls(tree):
        if name in asks:
            yield call


def global_grants(tree: ast.AST) -> Iterator[ast.AST]:
    for name, call in calls(tree):
        if name in {"get_objects_for_user", "get_objects_for_group"} and not (
            is_false(keyword(call, "accept_global_perms"))
            and (name.endswith("group") or is_false(keyword(call, "with_superuser")))
        ):
            yield call


def content_in_a_frame(tree: ast.AST) -> Iterator[ast.AST]:
    """A doorbell's message has these keys and no other, and only the hub sends one."""
    carried = {"type", "people", "stream", "n", "from", "seq", "code", "text"}
    for name, call in calls(tree):
        if name in {"group_send", "_send_round", "ring", "send"}:
            for said in (part for given in call.args for part in ast.walk(given) if isinstance(part, ast.Dict)):
                keys = {key.value for key in said.keys if isinstance(key, ast.Constant)}
                if "type" in keys and keys - carried:
                    yield call
            text = next((v for a in call.args if isinstance(a, ast.Dict) for v in [_value(a, "text")] if v), None)
            if text is not None and not (isinstance(text, ast.Call) and name_of(text.func) == "frame"):
                yield call


def _value(said: ast.Dict, key: str) -> ast.expr | None:
    pairs = zip(said.keys, said.values, strict=True)
    return next((value for name, value in pairs if isinstance(name, ast.Constant) and name.value == key), None)


def group_send(tree: ast.AST) -> Iterator[ast.AST]:
    for name, call in calls(tree):
        if name in {"group_send", "group_add", "get_channel_layer"}:
            yield call


def marked_safe(tree: ast.AST) -> Iterator[ast.AST]:
    """Text that is declared to be markup; `format_html` with a made-up pattern is the same."""
    for name, call in calls(tree):
        made_up = name == "format_html" and call.args and not isinstance(call.args[0], ast.Constant)
        if made_up or name in {"mark_safe", "SafeString", "SafeText", "format_html_join"}:
            yield call


def csrf_exempt(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and name_of(node) in {"csrf_exempt", "requires_csrf_token"}:
            yield node


def raw_sql(tree: ast.AST) -> Iterator[ast.AST]:
    for name, call in calls(tree):
        raw = name in {"raw", "extra"} or (name == "cursor" and not call.args)
        if name == "RawSQL" or (raw and isinstance(call.func, ast.Attribute)):
            yield call


def built_sql(tree: ast.AST) -> Iterator[ast.AST]:
    """SQL put together at run time, at the place where it is run."""
    for name, call in calls(tree):
        if name in {"execute", "executemany", "raw", "RawSQL"} and call.args and _is_built(call.args[0]):
            yield call


def _is_built(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Mod | ast.Add) and not _is_plain(node)
    return isinstance(node, ast.Call) and name_of(node.func) == "format"


def _is_plain(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _is_plain(node.left) and _is_plain(node.right)
    return isinstance(node, ast.Constant)


def whole_request(tree: ast.AST) -> Iterator[ast.AST]:
    """`filter(**request.GET)`: the sender would choose the fields."""
    for _, call in calls(tree):
        for given in call.keywords:
            if given.arg is None and _sent(given.value):
                yield call


def _sent(node: ast.AST) -> bool:
    """Whether `node` reads what was sent: request.GET, request.POST, request.data…"""
    return any(
        isinstance(part, ast.Attribute)
        and part.attr in {"GET", "POST", "data", "query_params", "body", "FILES", "COOKIES"}
        and "request" in name_of(part.value)
        for part in ast.walk(node)
    )


def on_commit(tree: ast.AST) -> Iterator[ast.AST]:
    for name, call in calls(tree):
        if name == "on_commit":
            yield call


def mail(tree: ast.AST) -> Iterator[ast.AST]:
    sends = {"send_mail", "send_mass_mail", "mail_admins", "mail_managers", "EmailMessage", "EmailMultiAlternatives"}
    for name, call in calls(tree):
        if name in sends | {"email_user"}:
            yield call


def everything(tree: ast.AST) -> Iterator[ast.AST]:
    """`X.objects.all()`, and a generic view's `queryset =` of it."""
    for name, call in calls(tree):
        if name == "all" and isinstance(call.func, ast.Attribute) and name_of(call.func.value) in MANAGERS:
            yield call


MANAGERS = {"objects", "_default_manager", "_base_manager"}


def superuser(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"is_superuser", "is_staff"}:
            yield node


def logged(tree: ast.AST) -> Iterator[ast.AST]:
    """What was sent, or written about a child, in a log line."""
    words = {"POST", "GET", "body", "data", "cleaned_data", "validated_data", "answers", "FILES", "password", "key"}
    levels = {"debug", "info", "warning", "error", "exception", "critical", "log"}
    for name, call in calls(tree):
        if name in levels and isinstance(call.func, ast.Attribute) and name_of(call.func.value) in {"log", "logger"}:
            for given in [*call.args, *(each.value for each in call.keywords)]:
                if {part.attr for part in ast.walk(given) if isinstance(part, ast.Attribute)} & words:
                    yield call


def printed(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"print", "breakpoint"}:
            yield node


def run_code(tree: ast.AST) -> Iterator[ast.AST]:
    """Code, objects or commands made from data."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            runs = isinstance(node.func, ast.Name) and node.func.id in {"eval", "exec", "__import__"}
            if runs or name_of(node.func) == "system" or keyword(node, "shell") is not None:
                yield node
        elif isinstance(node, ast.Import | ast.ImportFrom):
            modules = {getattr(node, "module", None), *(each.name for each in node.names)}
            if modules & {"pickle", "marshal", "shelve", "subprocess"}:
                yield node


def sent_elsewhere(tree: ast.AST) -> Iterator[ast.AST]:
    """A redirect to an address the sender chose."""
    for name, call in calls(tree):
        goes = name in {"redirect", "HttpResponseRedirect", "HttpResponsePermanentRedirect"}
        if goes and any(_sent(given) for given in call.args):
            yield call


def every_field(tree: ast.AST) -> Iterator[ast.AST]:
    """A form or serialiser that takes whatever fields a model has, today and tomorrow."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name == "Meta":
            for line in node.body:
                if isinstance(line, ast.Assign):
                    named = {name_of(target) for target in line.targets}
                    star = isinstance(line.value, ast.Constant) and line.value.value == "__all__"
                    if "exclude" in named or ("fields" in named and star):
                        yield line


def open_to_all(tree: ast.AST) -> Iterator[ast.AST]:
    """An operation of the API that lets in whoever comes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and "permission_classes" in {name_of(target) for target in node.targets}:
            nobody_named = isinstance(node.value, ast.List | ast.Tuple) and not node.value.elts
            if nobody_named or "AllowAny" in names_in(node.value):
                yield node


# --- the table --------------------------------------------------------------------------------------------------------

RULES: tuple[Rule, ...] = (
    Rule(
        "raw-manager",
        "Ask referrals.policy.visible_to, or a query that does: a manager knows no reader.",
        raw_manager,
        where=(*SCREENS, "content/", "portal/", "notifications/"),
        but=("portal/demo/", "portal/accounts/", "portal/audit/"),
        except_in={
            "notifications/audience.py": "works out who may be told, by the policy",
            "notifications/fanout.py": "delivers what was committed, to whom audience.py names",
            "notifications/inbox.py": "a subquery beneath the policy's own",
            "notifications/email.py": "asks the policy again before it sends",
            "referrals/api/views.py": "reads again what policy.require has just let through",
        },
    ),
    Rule(
        "asked-elsewhere",
        "Only referrals/policy.py says who may: ask can, require or visible_to.",
        asked_elsewhere,
    ),
    Rule(
        "global-grants",
        "guardian's default opens every case to a model-level permission: accept_global_perms, with_superuser=False.",
        global_grants,
    ),
    Rule(
        "content-in-a-frame",
        "A socket carries a stream and a number, made by live.frame. What it is comes over HTTP.",
        content_in_a_frame,
        where=("notifications/",),
    ),
    Rule(
        "channel-layer",
        "Only the hub speaks to the channel layer: live.ring(people, stream, number).",
        group_send,
        except_in={"notifications/live.py": "is the hub"},
    ),
    Rule(
        "marked-safe",
        "Templates escape. What is declared safe here is shown as it was written.",
        marked_safe,
        except_in={"portal/ui/icons.py": "our own drawings, as constants"},
    ),
    Rule(
        "csrf-exempt",
        "Every form is ours or refused.",
        csrf_exempt,
        except_in={"referrals/api/not_there.py": "it does nothing but say that there is nothing"},
    ),
    Rule(
        "raw-sql",
        "The ORM asks; raw SQL stands in the few modules named here.",
        raw_sql,
        but=("portal/audit/",),
        except_in={
            "portal/accounts/identity.py": "sets as whom the database is asked",
            "portal/checks.py": "asks the catalogue whether the wall is up",
            "portal/health.py": "SELECT 1",
            "portal/management/commands/migrate.py": "grants",
            "referrals/queries/case_list.py": "the work list's seek (docs/adr/0010)",
        },
    ),
    Rule(
        "built-sql",
        "Values go in as parameters, names by quote_name: SQL is not put together where it is run.",
        built_sql,
        except_in={"portal/management/commands/migrate.py": "GRANT takes no parameters; the names are quoted"},
    ),
    Rule("whole-request", "Name the fields: the sender must not choose them.", whole_request),
    Rule(
        "on-commit",
        "A commit's hook may be lost: it may nudge, never deliver. The outbox delivers.",
        on_commit,
        but=("portal/demo/",),
        except_in={
            "referrals/events.py": "the nudge",
            "portal/accounts/endings.py": "the nudge that a right has ended; sockets look again by themselves",
            "content/navigation.py": "forgets finished pages",
        },
    ),
    Rule(
        "mail",
        "Only notifications/email.py sends mail.",
        mail,
        except_in={"notifications/email.py": "is the one"},
    ),
    Rule("everything", "No screen asks for every row there is.", everything, where=(*SCREENS, "referrals/queries/")),
    Rule(
        "superuser",
        "A flag opens no casework: it is looked at nowhere.",
        superuser,
        except_in={"portal/accounts/adapter.py": "where the first editor begins, which opens nothing"},
    ),
    Rule("logged", "A log line holds no word anybody sent.", logged),
    Rule("printed", "Log it with a reason, or say it in the page.", printed, but=("portal/management/",)),
    Rule("run-code", "Data is never code, and never a command.", run_code),
    Rule("sent-elsewhere", "A redirect goes to an address of ours, not to one that was sent.", sent_elsewhere),
    Rule("every-field", "Name the fields: a new column must not appear by itself.", every_field),
    Rule(
        "open-to-all",
        "Every operation says whom it lets in.",
        open_to_all,
        except_in={"referrals/api/sign_in.py": "is where one signs in"},
    ),
)
# The one rule about templates: what they print is escaped. Mail in plain text (.txt) is not markup.
SAFE_FILTER = re.compile(r"\|\s*(?:safe|safeseq)\b|{%\s*autoescape\s+off")


# --- asking them ------------------------------------------------------------------------------------------------------


def files() -> Iterator[tuple[str, ast.AST]]:
    """Every file of the product, but migrations: its path from the root, and its tree."""
    for package in PRODUCT:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def in_template(text: str) -> list[int]:
    """The lines of a template that print something as markup."""
    return [number for number, line in enumerate(text.splitlines(), 1) if SAFE_FILTER.search(line)]


def findings() -> list[str]:
    """One line each: what breaks a rule, and which exception is not needed any more."""
    found, needed = [], set()
    for path, tree in files():
        for rule in RULES:
            if rule.applies(path) and (lines := rule.lines(tree)):
                if path in rule.except_in:
                    needed.add((rule.name, path))
                else:
                    found += [f"{path}:{line}: {rule.name}: {rule.why}" for line in lines]
    for template in sorted((ROOT / "templates").rglob("*.html")):
        lines = in_template(template.read_text(encoding="utf-8"))
        found += [f"{template.relative_to(ROOT)}:{line}: safe-filter: Templates escape." for line in lines]
    for rule in RULES:
        found += [
            f"{path}: {rule.name}: this exception is not needed any more"
            for path in rule.except_in
            if (rule.name, path) not in needed
        ]
    return found
