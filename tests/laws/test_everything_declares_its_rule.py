"""Every route, API operation, consumer and command says by which rule it lets anybody in; and the rule exists."""

import importlib
import pkgutil

import pytest

from referrals import policy
from tests.laws.routes import routes

WORDS = {"everyone", "signed in", "editors", "operator"}


def known(rule: str) -> bool:
    noun, _, verb = rule.partition(".")
    return rule in WORDS or any(r.noun == noun and r.verb == verb for r in policy.RULES)


def test_every_route_declares_its_rule():
    silent = [f"{r.path} ({r.view.__module__})" for r in routes() if not r.rule]
    assert not silent, "\n".join(silent)


def test_every_declared_rule_exists():
    wrong = [f"{r.path}: {rule}" for r in routes() for rule in r.rule if not known(rule)]
    assert not wrong, "\n".join(wrong)


def test_every_consumer_declares_its_rule():
    from notifications.routing import websocket_urlpatterns

    for pattern in websocket_urlpatterns:
        consumer = pattern.callback.consumer_class
        assert consumer.rule, consumer
        assert all(known(rule) for rule in consumer.rule)


def commands() -> list[str]:
    found = []
    for package in ("portal", "referrals", "content", "notifications", "portal.accounts"):
        try:
            folder = importlib.import_module(f"{package}.management.commands")
        except ModuleNotFoundError:
            continue
        found += [f"{folder.__name__}.{module.name}" for module in pkgutil.iter_modules(folder.__path__)]
    return found


@pytest.mark.parametrize("name", commands())
def test_every_command_declares_its_rule(name):
    assert importlib.import_module(name).Command.rule == ("operator",)
