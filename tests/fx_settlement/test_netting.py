"""What the operator sees of netting and of the ledger, and what strangers do not."""

from fx_settlement import queries
from fx_settlement.models import BankAccount
from tests.conftest import party, user_of


def test_what_is_due_is_one_payment_per_supplier_and_all_positions_only_where_allowed(
    client, owed, maker
):
    [view] = queries.netting_views(owed.pool.operator)
    # 1,250.00 billed, 6 x 12.50 credited
    assert (view.documents, view.gross_minor, view.net_minor) == (4, 1_325_00, 1_175_00)
    assert [row.name for row in view.payments] == ["Waikato Dairy"]
    assert (view.positions, view.refused.code) == ((), "netting-not-allowed")

    BankAccount.objects.update(netting="multilateral", netting_reference="SAFE 2025-7")
    [view] = queries.netting_views(owed.pool.operator)
    assert sum(row.amount_minor for row in view.positions) == 0
    assert (view.flows, view.refused) == (2, None)
    assert max(row.amount_minor for row in view.positions) == 1_175_00
    client.force_login(maker)
    assert "SAFE 2025-7" in client.get("/settlement/netting/").content.decode()


def test_the_ledger_is_told_by_account_to_whoever_leads_the_pool(client, closed, owed, maker):
    rows = {(row.code, row.currency): row for row in queries.ledger_rows(owed.pool.operator)}
    assert rows["supplier-payable", "USD"].balance_minor == 0
    assert rows["bank-fees", "CNY"].balance_minor == 0
    assert rows["escrow", "CNY"].balance_minor > 0
    client.force_login(maker)
    shown = client.get("/settlement/ledger/").content.decode()
    assert "importer-due" in shown
    sides = {row.balance_minor > 0 for row in rows.values() if row.balance_minor}
    assert ("in credit" in shown, "in debit" in shown) == (True in sides, False in sides)

    rival = party("operator", "rival")
    assert queries.ledger_rows(rival) == []
    client.force_login(user_of(rival, "operator", "rival"))
    assert "supplier-payable" not in client.get("/settlement/ledger/").content.decode()
