using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Gateways;
using Tieout.Domain.Cash;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Payments;

namespace Tieout.Shell.Tests.Gateways;

/// <summary>Gateway <c>main</c> of the company US over the books of <see cref="CashDesk.TwoInvoices"/>, and what is asked of it.</summary>
internal sealed class GatewayDesk(NpgsqlDataSource books, TimeProvider? clock = null)
{
    public const string Secret = "whsec_demo_secret_1";
    public const string First = "US-2026-0000001";
    public const string Second = "US-2026-0000002";

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    private static CancellationToken None => CancellationToken.None;

    public static GatewaySettings Settings { get; } = new(
        "main", "", Live: true, LostTo.BadDebt, new Dictionary<string, string>(StringComparer.Ordinal) { [""] = "US" }, [Secret], 300);

    /// <summary>Customer cus_1 is C-1.</summary>
    public static async Task<(TestDatabase Books, GatewayDesk Desk)> Open(PostgresFixture postgres, bool taught = true)
    {
        var books = await CashDesk.TwoInvoices(postgres);
        var desk = new GatewayDesk(books.Source);
        await desk.Register(Settings);
        if (taught) await desk.Teach("cus_1", "C-1");
        return (books, desk);
    }

    public Task Register(GatewaySettings settings) => new RegisterGateways(books, _clock).Run([settings], None);

    public Task<NamePayerOutcome> Teach(string payer, string account) => new NamePayer(books, _clock).Run(
        "main", JsonDocument.Parse($$"""{"payer":"{{payer}}","billing-account":"{{account}}","actor":"mara"}""").RootElement, actor: null, None);

    public async Task<GatewayImport> Import(string lines, string? payout = null) =>
        (await new ImportGateway(books, _clock).Run("main", new StringReader(lines), payout, None))!;

    public Task<GatewayCounts> Book(bool again = false) => new BookGateway(books, _clock).Run(gateway: null, again, None);

    public async Task<GatewayCounts> Tell(params string[] lines)
    {
        await Import(string.Join('\n', lines));
        return await Book();
    }

    public Task<IReadOnlyList<GatewayObject>> Charges(string? state = null) => new FindCharges(books, _clock).List("main", state, null, 50, None);

    public Task<IReadOnlyList<ClearingItem>> Clearing() => new FindGateways(books).OnClearing("main", 50, None);

    /// <summary>Each entry about money with its kind, its day and its lines; numbers are left out, they go by the order of booking.</summary>
    public async Task<IReadOnlyList<string>> Entries()
    {
        await using var connection = await books.OpenConnectionAsync();
        return [.. await connection.QueryAsync<string>(
            """
            select e.source_kind || ' ' || e.entry_date || ': ' || string_agg(
                     l.account || ' ' || trim_scale(l.amount) || coalesce(' of ' || i.number, ''), ', ' order by l.amount desc, l.account, i.number)
            from ledger.journal_entry e join ledger.journal_line l on l.entry_id = e.id left join invoicing.invoice i on i.id = l.settles
            where e.source_kind <> 'invoice' group by e.id, e.source_kind, e.entry_date order by 1
            """)];
    }

    public async Task<IReadOnlyList<string>> OpenCases()
    {
        await using var connection = await books.OpenConnectionAsync();
        return [.. await connection.QueryAsync<string>(
            "select subject_key || ' ' || code from exceptions.exception_case where subject_kind = 'gateway' and state = 'open' order by 1")];
    }
}
