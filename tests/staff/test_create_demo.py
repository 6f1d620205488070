import re
from io import StringIO

from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from billing import ledger
from customers.models import ApiKey, Customer
from tests.conftest import Api


def create_demo() -> str:
    out = StringIO()
    call_command("create_demo", stdout=out)
    return out.getvalue()


def test_it_makes_a_customer_with_a_key_that_works(db: None) -> None:
    [key] = re.findall(r"upk_\w+", create_demo())
    body = Api(key).post("meetings/").json()
    assert (body["customer"], body["credits_balance"]) == ("demo", 150.0)


def test_its_credits_are_printed_in_words(db: None) -> None:
    create_demo()
    assert Customer.objects.get().ledger_entries.get().reason == "Demo credits"


def test_it_makes_an_account_for_the_admin(db: None, client: Client) -> None:
    [password] = re.findall(r"admin / (\S+)", create_demo())
    client.post("/admin/login/", {"username": "admin", "password": password})
    assert client.get("/admin/").status_code == 200
    assert User.objects.get().is_superuser


def test_again_it_changes_and_prints_nothing(db: None) -> None:
    create_demo()
    assert create_demo() == ""
    assert (Customer.objects.count(), ApiKey.objects.count(), User.objects.count()) == (1, 1, 1)
    assert ledger.balance(Customer.objects.get()) == 150


def test_an_admin_that_is_there_keeps_their_password(db: None) -> None:
    User.objects.create_superuser("admin", password="mine")
    assert "Staff" not in create_demo()
    assert User.objects.get().check_password("mine")
