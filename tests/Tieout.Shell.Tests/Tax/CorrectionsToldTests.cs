using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Application.Tax;
using Tieout.Shell.Tests.Connectors.AvaTax;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Tax;

/// <summary>Credit memos and voids on their way to a tax engine, whose own ledger is the witness.</summary>
public sealed class CorrectionsToldTests(PostgresFixture postgres) : IAsyncLifetime
{
    private EngineBooks _books = null!;
    private string _number = "";

    public async ValueTask InitializeAsync()
    {
        _books = await EngineBooks.Open(postgres);
        await _books.Bill();
        _number = await _books.Database.Scalar<string>(
            "select number from invoicing.invoice i join customers.billing_account a on a.id = i.billing_account_id where a.code = 'C-1'");
    }

    public ValueTask DisposeAsync() => _books.DisposeAsync();

    [Theory]
    [InlineData(null)]
    [InlineData("commit-then-silence")]
    [InlineData("server-fault")]
    [InlineData("malformed-answer")]
    [InlineData("throttle-429")]
    public async Task A_credit_memo_is_told_once_with_its_own_number_and_the_day_of_its_invoice(string? fault)
    {
        await _books.Commit();
        var part = await _books.Credit(_number, new CreditWish.ByAmount(4m));
        var rest = await _books.Credit(_number, new CreditWish.Whole());
        if (fault is not null) await _books.World.Fault(fault, "tax-commit", count: 2, seconds: fault == "throttle-429" ? 1 : null);
        (await _books.Commit()).Waiting.ShouldBe(0);
        (await _books.World.All()).Where(kept => kept.Type == "ReturnInvoice").OrderByDescending(kept => kept.Amount).ShouldBe(
        [
            new Kept(part, "ReturnInvoice", "Committed", 1, -4.00m, -0.34m, "2026-11-01", "P0000000"),
            new Kept(rest, "ReturnInvoice", "Committed", 1, -6.01m, -0.52m, "2026-11-01", "P0000000"),
        ]);
        (await _books.Count("exceptions.exception_case where state = 'open'")).ShouldBe(0);
        (await _books.Commit()).Staged.ShouldBe(0);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("commit-then-silence")]
    [InlineData("server-fault")]
    [InlineData("timeout-before-commit")]
    [InlineData("throttle-429")]
    [InlineData("token-expired")]
    public async Task A_void_takes_the_invoice_back_in_the_engine_once(string? fault)
    {
        await _books.Commit();
        var memo = await _books.Credit(_number, new CreditWish.Void());
        if (fault is not null) await _books.World.Fault(fault, "tax-commit", seconds: fault == "throttle-429" ? 1 : null);
        (await _books.Commit()).Waiting.ShouldBe(0);
        (await _books.World.All()).Where(kept => kept.Status != "Committed").ShouldBe(
            [new Kept(_number, "SalesInvoice", "Cancelled", 1, 10.01m, 0.86m, "2026-11-01", "P0000000")]);
        (await _books.World.All()).ShouldNotContain(kept => kept.Code == memo); // it is no document of its own there
        (await _books.Text($"select operation || ' ' || state from tax.commitment where number = '{memo}'")).ShouldBe("void committed");
        (await _books.Count("exceptions.exception_case where state = 'open'")).ShouldBe(0);

        (await _books.Bill()).ShouldBe(1); // billed anew, with the tax that was quoted
        (await _books.Commit()).Waiting.ShouldBe(0);
        (await _books.World.All()).Count(kept => kept.Status == "Committed").ShouldBe(3);
    }

    [Fact]
    public async Task A_credit_memo_waits_for_its_invoice_and_a_void_too()
    {
        var other = await _books.Database.Scalar<string>(
            "select number from invoicing.invoice i join customers.billing_account a on a.id = i.billing_account_id where a.code = 'C-3'");
        var (memo, back) = (await _books.Credit(_number, new CreditWish.Whole()), await _books.Credit(other, new CreditWish.Void()));
        await _books.World.Fault("client-fault", "tax-commit", count: 3); // all three invoices are refused
        (await _books.Commit()).Waiting.ShouldBe(2);
        (await _books.World.All()).ShouldBeEmpty();
        (await _books.Text("select number || ' ' || state from tax.commitment where corrects order by number")).ShouldBe(
            string.Join("; ", new[] { memo, back }.Order(StringComparer.Ordinal).Select(number => $"{number} waiting")));
        (await Should.ThrowAsync<PostgresException>(() => _books.Database.Execute(
            $"update tax.commitment set state = 'sending', claim = gen_random_uuid(), sent_at = now() where number = '{memo}'")))
            .ConstraintName.ShouldBe("commitment_after_its_invoice");

        var commit = new CommitTaxes(_books.Database.Source, TimeProvider.System, _books.Routes().All);
        foreach (var number in new[] { _number, other }) (await commit.Replay(number, "corrected", CancellationToken.None)).ShouldBeTrue();
        (await _books.Commit()).Waiting.ShouldBe(0);
        (await _books.World.All()).Select(kept => (kept.Code, kept.Status)).ShouldBe(
            new[] { (_number, "Committed"), (other, "Cancelled"), (memo, "Committed") }, ignoreOrder: true);
    }

    [Fact]
    public async Task A_void_of_what_was_filed_is_told_to_a_person()
    {
        await _books.Commit();
        await _books.World.Tell("avatax/lock", new { company = "DEFAULT", code = _number });
        await _books.Credit(_number, new CreditWish.Void());
        await _books.Commit();
        (await _books.Text("select code from exceptions.exception_case where state = 'open'")).ShouldBe("tax-period-filed");
    }
}
