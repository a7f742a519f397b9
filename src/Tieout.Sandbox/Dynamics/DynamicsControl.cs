using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tieout.Sandbox.Dynamics;

/// <summary>What tests and the demo steer the stand-in by: <c>/_sandbox/dynamics/…</c>.</summary>
internal static class DynamicsControl
{
    /// <summary>Adds the controls; books are asked for on each call, because a reset replaces them.</summary>
    public static void Map(IEndpointRouteBuilder control, DynamicsStandIn standIn)
    {
        var group = control.MapGroup("/dynamics");
        group.MapGet("/ledger", () => Summary(standIn.Books));
        group.MapGet("/ledger/{key}", (string key) => Under(standIn.Books, key));
        group.MapGet("/open/{invoice}", (string invoice) =>
        {
            lock (standIn.Books.Gate) return standIn.Books.Customers.Where(one => one.Invoice == invoice).Sum(one => one.Open);
        });
        standIn.Slots.MapControl(group);
        group.MapGet("/tokens", () => new { standIn.Tokens.Given });
        group.MapPost("/tokens/end", () => { standIn.Tokens.End(); return Results.NoContent(); });
        group.MapPost("/tokens/life", (Life life) => { standIn.Tokens.Life = TimeSpan.FromSeconds(life.Seconds); return Results.NoContent(); });
        group.MapPost("/periods/close", (Period period) => { standIn.Master.Close(period.Company, period.Day); return Results.NoContent(); });
        group.MapPost("/periods/open", (Period period) => { standIn.Master.Open(period.Company, period.Day); return Results.NoContent(); });
        group.MapPost("/customers/hold", (Hold hold) => Change(
            standIn.Books, "CustomersV3", row => row.Text("CustomerAccount") == hold.Code, row => row.With("OnHoldStatus", hold.Status)));
        group.MapPost("/posting", (PostingWay way) => { standIn.PostsLater = way.Later; return Results.NoContent(); });
        group.MapPost("/posting/run", () => { standIn.Posting.PostAll(); return Results.NoContent(); });
        Tampering(group.MapGroup("/tamper"), standIn);
    }

    /// <summary>What people and other programs do to the books behind our back.</summary>
    private static void Tampering(RouteGroupBuilder tamper, DynamicsStandIn standIn)
    {
        tamper.MapPost("/copy", (Copy copy) => Copied(standIn.Books, copy));
        tamper.MapPost("/delete", (Which which) =>
        {
            lock (standIn.Books.Gate)
                return Done(standIn.Books.Sets.Where(set => set.Key.Contains("Journal", StringComparison.Ordinal))
                    .Sum(set => set.Value.RemoveAll(row => row.Journal == which.Key)));
        });
        tamper.MapPost("/move", (Move move) => Change(
            standIn.Books, "LedgerJournalLines", row => row.Journal == move.Key, row => row.With("TransDate", row.Moment("TransDate").AddMonths(move.Months))));
        tamper.MapPost("/amount", (Amount amount) => Change(
            standIn.Books, "LedgerJournalLines", row => row.Journal == amount.Key, row =>
                row.With(row.Number("DebitAmount") > 0m ? "DebitAmount" : "CreditAmount", row.Number("DebitAmount") + row.Number("CreditAmount") + amount.By)));
        tamper.MapPost("/account", (Account account) => Change(
            standIn.Books, "LedgerJournalLines",
            row => row.Journal == account.Key && row.Text("AccountDisplayValue").StartsWith(account.From, StringComparison.Ordinal),
            row => row.With("AccountDisplayValue", row.Text("AccountDisplayValue").Replace(account.From, account.To, StringComparison.Ordinal))));
    }

    private static IResult Copied(DynamicsBooks books, Copy copy)
    {
        lock (books.Gate)
        {
            if (books.Sets["LedgerJournalHeaders"].Find(row => row.Journal == copy.Key) is not { } header) return Results.NotFound();
            books.Sets["LedgerJournalHeaders"].Add(header.With("JournalBatchNumber", copy.As));
            foreach (var line in books.Lines("LedgerJournalHeaders", header.Company, copy.Key))
                books.Sets["LedgerJournalLines"].Add(line.With("JournalBatchNumber", copy.As));
            return Results.NoContent();
        }
    }

    private static IResult Change(DynamicsBooks books, string set, Predicate<EntityRow> which, Func<EntityRow, EntityRow> change)
    {
        lock (books.Gate)
        {
            var rows = books.Sets[set].FindAll(which);
            foreach (var row in rows) books.Replace(set, row, change(row));
            return Done(rows.Count);
        }
    }

    private static List<object> Under(DynamicsBooks books, string key)
    {
        lock (books.Gate)
            return [.. Journals(books).Where(one => one.Row.Journal == key || one.Row.Text("IntegrationKey") == key).Select(one => new
            {
                one.Set,
                Number = one.Row.Journal,
                Posted = one.Row.Text("IsPosted") == "Yes",
                Description = one.Row.Text("Description"),
                Lines = books.Lines(one.Set, one.Row.Company, one.Row.Journal).Select(line => line.Values),
            })];
    }

    /// <summary>Counts and totals for whoever checks from outside that nothing was lost and nothing doubled.</summary>
    private static object Summary(DynamicsBooks books)
    {
        lock (books.Gate)
        {
            var journals = Journals(books).ToList();
            return new
            {
                Journals = journals.Count,
                Posted = journals.Count(one => one.Row.Text("IsPosted") == "Yes"),
                books.Postings,
                Totals = books.Customers.GroupBy(one => (one.Company, one.Currency))
                    .Select(sum => new { sum.Key.Company, sum.Key.Currency, Amount = sum.Sum(one => one.Amount).ToString(CultureInfo.InvariantCulture) }),
                Duplicates = journals.Select(one => one.Row.Text("IntegrationKey") is { Length: > 0 } key ? key : one.Row.Journal)
                    .GroupBy(key => key, StringComparer.Ordinal).Where(same => same.Count() > 1).Select(same => new { Key = same.Key, Count = same.Count() }),
            };
        }
    }

    private static IEnumerable<(string Set, EntityRow Row)> Journals(DynamicsBooks books) => books.Sets
        .Where(set => set.Key.EndsWith("JournalHeaders", StringComparison.Ordinal)).SelectMany(set => set.Value.Select(row => (set.Key, row)));

    private static IResult Done(int count) => count > 0 ? Results.NoContent() : Results.NotFound();

    internal sealed record Life(int Seconds);

    /// <summary>Month as <c>2026-11</c>.</summary>
    internal sealed record Period(string Company, string Month)
    {
        public DateOnly Day => DateOnly.ParseExact(Month + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    internal sealed record Hold(string Code, string Status = "All");

    internal sealed record PostingWay(bool Later);

    internal record Which(string Key);

    internal sealed record Copy(string Key, string As) : Which(Key);

    internal sealed record Move(string Key, int Months) : Which(Key);

    internal sealed record Amount(string Key, decimal By) : Which(Key);

    internal sealed record Account(string Key, string From, string To) : Which(Key);
}
