using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Reconciliation;
using static Tieout.Connectors.Tryton.TrytonValues;

namespace Tieout.Connectors.Tryton;

/// <summary>Reads the ERP's books back: invoices with what their moves moved, and the accounts of a month.</summary>
internal sealed class TrytonBooks(TrytonClient client, TrytonSettings settings, Catalogue catalogue, CancellationToken cancel)
{
    private static readonly IReadOnlyList<string> InvoiceFields =
        ["reference", "number", "party.code", "currency.code", "untaxed_amount", "tax_amount", "total_amount", "move.date"];

    private static readonly IReadOnlyList<string> LineFields =
        ["move", "account.code", "debit", "credit", "amount_second_currency", "second_currency.code"];

    /// <summary>Booked invoices of a month by their invoice date, which nobody moves, with the month they really stand in.</summary>
    /// <exception cref="NotAnsweredException">The ERP did not tell everything.</exception>
    public async IAsyncEnumerable<HeldDocument> Documents(ReadScope scope, [EnumeratorCancellation] CancellationToken stop = default)
    {
        long last = 0;
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            // By id after the last one, not by offset: what others add or cancel meanwhile shifts nothing.
            List<JsonNode> where =
            [
                Where("id", ">", last), Where("company", "=", catalogue.Company), Where("type", "=", "out"),
                Where("state", "in", new JsonArray("posted", "paid")),
                Where("invoice_date", ">=", Date(scope.Month.Period.Start)), Where("invoice_date", "<", Date(scope.Month.Period.End)),
                new JsonArray([JsonValue.Create("OR"), .. scope.Series.Select(start => Where("reference", "like", Pattern(start)))]),
            ];
            var query = new RowQuery(where, InvoiceFields) { Order = [["id", "ASC"]], Limit = settings.PageSize };
            var page = await client.Rows("account.invoice", query, BookedInvoice.Of, catalogue.Context(), null, cancel);
            var lines = await LinesOf(page);
            foreach (var invoice in page) yield return invoice.ToHeld(Moved(lines[invoice.Move]));
            if (page.Count < settings.PageSize) yield break;
            last = page[^1].Id;
        }
    }

    /// <summary>Booked entries of a month, by their date: moves that stand for nothing else and carry a key of ours.</summary>
    /// <exception cref="NotAnsweredException">The ERP did not tell everything.</exception>
    public async IAsyncEnumerable<HeldDocument> Entries(ReadScope scope, [EnumeratorCancellation] CancellationToken stop = default)
    {
        long last = 0;
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            List<JsonNode> where =
            [
                Where("id", ">", last), Where("company", "=", catalogue.Company), Where("state", "=", "posted"), Where("origin", "=", null),
                Where("date", ">=", Date(scope.Month.Period.Start)), Where("date", "<", Date(scope.Month.Period.End)),
                new JsonArray([JsonValue.Create("OR"), .. scope.Series.Select(start => Where("description", "like", Pattern(start)))]),
            ];
            var query = new RowQuery(where, HeldMove.Fields) { Order = [["id", "ASC"]], Limit = settings.PageSize };
            var page = await client.Rows("account.move", query, HeldMove.Of, catalogue.Context(), null, cancel);
            var lines = page.Count == 0
                ? []
                : await client.Rows(
                    "account.move.line", new RowQuery([Where("move", "in", List(page.Select(move => move.Id)))], HeldMoveLine.Fields),
                    row => HeldMoveLine.Of(row, catalogue), catalogue.Context(), null, cancel);
            var byMove = lines.ToLookup(line => line.Move);
            foreach (var move in page) yield return ToHeld(move, [.. byMove[move.Id]]);
            if (page.Count < settings.PageSize) yield break;
            last = page[^1].Id;
        }
    }

    /// <summary>What moved on the accounts of the account rule and those chosen besides in the periods of a month, in the currency of the company's books.</summary>
    /// <exception cref="NotAnsweredException">The ERP did not tell, or its periods are no months.</exception>
    public async Task<IReadOnlyList<AccountMovement>> Movements(AccountingMonth month, IReadOnlyCollection<string> chosen)
    {
        var (first, last) = (month.Period.Start, month.Period.End.AddDays(-1));
        List<JsonNode> where =
        [
            Where("company", "=", catalogue.Company), Where("type", "=", "standard"), Where("start_date", "<=", Date(last)), Where("end_date", ">=", Date(first)),
        ];
        var periods = await client.Rows(
            "account.period", new RowQuery(where, ["start_date", "end_date"]),
            row => (Id: Id(row, "id")!.Value, From: Day(row, "start_date"), To: Day(row, "end_date")), catalogue.Context(), null, cancel);
        if (periods.Count == 0) throw new NotAnsweredException($"{settings.Target.Company} has no accounting period for {month} in Tryton.");
        if (periods.Any(period => period.From < first || period.To > last))
            throw new NotAnsweredException($"The accounting periods of {settings.Target.Company} in Tryton are not months, so {month} cannot be told.");

        var context = catalogue.Context();
        context["periods"] = List(periods.Select(period => period.Id));
        context["posted"] = true; // without it drafts count
        var codes = settings.Target.Accounts.Values.Concat(chosen).Distinct(StringComparer.Ordinal).ToList();
        var rows = await client.Rows(
            "account.account", new RowQuery([Where("company", "=", catalogue.Company), Where("code", "in", List(codes))], ["code", "debit", "credit"]),
            row => new AccountMovement(Text(row, "code"), catalogue.CompanyCurrency, Amount(row, "debit") - Amount(row, "credit")), context, null, cancel);
        if (codes.Except(rows.Select(row => row.Account), StringComparer.Ordinal).ToList() is { Count: > 0 } missing)
            throw new NotAnsweredException($"{settings.Target.Company} has no account {string.Join(", ", missing)} in Tryton; correct the account rule.");
        return rows;
    }

    private async Task<ILookup<long, MoveLine>> LinesOf(IReadOnlyList<BookedInvoice> page)
    {
        if (page.Count == 0) return Array.Empty<MoveLine>().ToLookup(line => line.Move);
        var query = new RowQuery([Where("move", "in", List(page.Select(invoice => invoice.Move)))], LineFields);
        var lines = await client.Rows("account.move.line", query, row => MoveLine.Of(row, catalogue.CompanyCurrency), catalogue.Context(), null, cancel);
        return lines.ToLookup(line => line.Move);
    }

    private static IReadOnlyList<AccountMovement> Moved(IEnumerable<MoveLine> lines) =>
        [.. lines.GroupBy(line => (line.Account, line.Currency))
            .Select(group => new AccountMovement(group.Key.Account, group.Key.Currency, group.Sum(line => line.Amount)))];

    private static HeldDocument ToHeld(HeldMove move, IReadOnlyList<HeldMoveLine> lines)
    {
        var customers = lines.Where(line => line.Customer is not null).ToList();
        var currency = lines.Count > 0 ? lines[0].Currency : "";
        return new HeldDocument(
            new BookDocument(
                move.Key, move.Number, customers is [var only] ? only.CustomerCode : "", currency, 0m, 0m, customers.Sum(line => line.Amount),
                AccountingMonth.Of(move.Date)),
            [.. lines.GroupBy(line => (line.Account, line.Currency))
                .Select(group => new AccountMovement(group.Key.Account, group.Key.Currency, group.Sum(line => line.Amount))
                {
                    InBooks = group.Sum(line => line.Own),
                })]);
    }

    private static string Pattern(string start) =>
        start.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal) + "%";

    private sealed record BookedInvoice(
        long Id, long Move, string Key, string Number, string Customer, string Currency, decimal Net, decimal Tax, decimal Total, DateOnly Booked)
    {
        public static BookedInvoice Of(JsonElement row)
        {
            var move = Related(row, "move")!.Value;
            var party = Related(row, "party")!.Value;
            return new BookedInvoice(
                TrytonValues.Id(row, "id")!.Value, TrytonValues.Id(move, "id")!.Value, Text(row, "reference"), Text(row, "number"),
                // A customer without a code is shown by the ERP's id: it cannot be mistaken for one of ours.
                Text(party, "code") is { Length: > 0 } code ? code : TrytonValues.Id(party, "id")!.Value.ToString(CultureInfo.InvariantCulture),
                Text(Related(row, "currency")!.Value, "code"), Amount(row, "untaxed_amount"), Amount(row, "tax_amount"), Amount(row, "total_amount"),
                Day(move, "date")!.Value);
        }

        public HeldDocument ToHeld(IReadOnlyList<AccountMovement> moved) =>
            new(new BookDocument(Key, Number, Customer, Currency, Net, Tax, Total, AccountingMonth.Of(Booked)), moved);
    }

    private sealed record MoveLine(long Move, string Account, string Currency, decimal Amount)
    {
        // An invoice in a foreign currency is booked in the company's own at the ERP's rate, with the invoice's amount beside it.
        public static MoveLine Of(JsonElement row, string companyCurrency)
        {
            var (move, account) = (Id(row, "move")!.Value, Text(Related(row, "account")!.Value, "code"));
            return Related(row, "second_currency") is { } foreign
                ? new MoveLine(move, account, Text(foreign, "code"), TrytonValues.Amount(row, "amount_second_currency"))
                : new MoveLine(move, account, companyCurrency, TrytonValues.Amount(row, "debit") - TrytonValues.Amount(row, "credit"));
        }
    }
}
