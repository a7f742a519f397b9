using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tieout.Application.Revenue;
using Tieout.Cli.Terminal;
using Tieout.Domain;
using Tieout.Domain.Ledger;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout revenue check MONTH</c>: before a close.</summary>
internal static class RevenueCheckVerb
{
    public static Command Create()
    {
        var (month, entity) = (Options.Month(), RevenueVerbs.Entity());
        return new Command(
            "check", "Before a close: name what was invoiced and not spread, earned and not booked, amended and not arrived. Exit code 3 when anything is.")
        {
            month, entity,
        }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var reply = await new CheckAlignment(database.Source, TimeProvider.System).Run(parsed.GetValue(entity)?.Trim(), parsed.GetRequiredValue(month), cancel);
            if (reply is not RevenueReply.Aligned(var alignment)) throw RevenueVerbs.Refused(reply);
            screen.Result(alignment, console => Draw(console, alignment));
            return alignment.Aligned ? ExitCode.Done : ExitCode.Findings;
        });
    }

    private static void Draw(IAnsiConsole console, RevenueAlignment alignment)
    {
        DrawBooks(console, alignment);
        if (alignment.Aligned)
        {
            console.MarkupLineInterpolated(
                CultureInfo.InvariantCulture, $"Invoices, schedules, books and amendments tell the same at the end of {alignment.Month}.");
            return;
        }
        if (alignment.Lines.Count > 0)
        {
            var lines = Screen.Table("legal entity", "document", ">line", "subscription", ">invoiced", ">spread", "currency", "what is wrong");
            foreach (var line in alignment.Lines)
                lines.AddRow(
                    Markup.Escape(line.LegalEntity), Markup.Escape(line.Document), line.LineNo.ToString(CultureInfo.InvariantCulture),
                    Markup.Escape(line.Subscription), RevenueVerbs.Figure(line.Invoiced), RevenueVerbs.Figure(line.Scheduled), line.Invoiced.Currency.Code,
                    line.Words);
            console.Write(lines);
            More(console, alignment.Lines.Count, alignment.LinesInAll, "lines");
        }
        if (alignment.Due.Count > 0)
        {
            var due = Screen.Table("legal entity", "earned in", ">not booked", "currency", ">lines");
            foreach (var month in alignment.Due)
                due.AddRow(
                    Markup.Escape(month.LegalEntity), month.Month.ToString(), RevenueVerbs.Figure(month.Amount), month.Amount.Currency.Code,
                    Screen.Count(month.Lines));
            console.Write(due);
        }
        DrawContracts(console, alignment);
        if (alignment.Behind.Count == 0) return;
        var behind = Screen.Table("legal entity", "subscription", ">version", "waits for", "what helps");
        foreach (var one in alignment.Behind)
            behind.AddRow(
                Markup.Escape(one.LegalEntity), Markup.Escape(one.Subscription), one.Version.ToString(CultureInfo.InvariantCulture), one.Waits,
                Markup.Escape(one.Words));
        console.Write(behind);
        More(console, alignment.Behind.Count, alignment.BehindInAll, "amendments");
    }

    private static void DrawContracts(IAnsiConsole console, RevenueAlignment alignment)
    {
        if (alignment.Contracts.Count == 0) return;
        var table = Screen.Table("legal entity", "contract", "obligation", "month", ">its facts say", ">scheduled", "currency");
        foreach (var one in alignment.Contracts)
            table.AddRow(
                Markup.Escape(one.LegalEntity), Markup.Escape(one.Contract), Markup.Escape(one.Obligation), one.Month.ToString(),
                RevenueVerbs.Figure(one.Wanted), RevenueVerbs.Figure(one.Scheduled), one.Wanted.Currency.Code);
        console.Write(table);
        More(console, alignment.Contracts.Count, alignment.ContractsInAll, "months of contracts");
    }

    private static void DrawInBooks(IAnsiConsole console, RevenueAlignment alignment)
    {
        if (alignment.InBooks.Count == 0) return;
        var table = Screen.Table(
            "legal entity", "account", "of", "in books", ">of documents", ">unbilled", ">other entries", ">ledger", ">difference", "what is wrong");
        foreach (var balance in alignment.InBooks)
            table.AddRow(
                Markup.Escape(balance.LegalEntity), balance.Account, balance.Currency, balance.Ledger.Currency.Code, RevenueVerbs.Figure(balance.Wanted),
                RevenueVerbs.Figure(balance.Unbilled), RevenueVerbs.Figure(balance.ByHand), RevenueVerbs.Figure(balance.Ledger),
                RevenueVerbs.Figure(balance.Difference), balance.Wrong ? Markup.Escape(balance.Words) : balance.Closed ? "closed" : "");
        console.Write(table);
    }

    private static void DrawBooks(IAnsiConsole console, RevenueAlignment alignment)
    {
        var books = Screen.Table("legal entity", "currency", ">invoiced", ">released", ">unbilled", ">other entries", ">ledger", ">difference");
        foreach (var balance in alignment.Books)
            books.AddRow(
                Markup.Escape(balance.LegalEntity), balance.Ledger.Currency.Code, RevenueVerbs.Figure(balance.Invoiced), RevenueVerbs.Figure(balance.Released),
                RevenueVerbs.Figure(balance.Unbilled), RevenueVerbs.Figure(balance.ByHand), RevenueVerbs.Figure(balance.Ledger),
                RevenueVerbs.Figure(balance.Difference));
        console.Write(books);
        DrawAccounts(
            console, "wanted",
            alignment.Unbilled.Select(one => new Held(one.LegalEntity, one.Account, one.Wanted, one.ByHand, one.Ledger, one.Difference, one.Wrong, one.Closed)));
        DrawAccounts(
            console, "paid for what is left",
            alignment.Prepaid.Select(one => new Held(
                one.LegalEntity, LedgerAccount.PrepaidCredit, one.Wanted, one.ByHand, one.Ledger, one.Difference, one.Wrong, one.Closed)));
        DrawInBooks(console, alignment);
    }

    private static void DrawAccounts(IAnsiConsole console, string wanted, IEnumerable<Held> balances)
    {
        var table = Screen.Table("legal entity", "account", "currency", $">{wanted}", ">other entries", ">ledger", ">difference", "");
        foreach (var balance in balances)
            table.AddRow(
                Markup.Escape(balance.LegalEntity), balance.Account, balance.Ledger.Currency.Code, RevenueVerbs.Figure(balance.Wanted),
                RevenueVerbs.Figure(balance.ByHand), RevenueVerbs.Figure(balance.Ledger), RevenueVerbs.Figure(balance.Difference),
                balance.Wrong ? "tieout revenue run" : balance.Closed ? "closed" : "");
        if (table.Rows.Count > 0) console.Write(table);
    }

    private static void More(IAnsiConsole console, int shown, long all, string what)
    {
        if (all > shown) console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"These are {shown} of {all:N0} {what}.");
    }

    private sealed record Held(
        string LegalEntity, string Account, Money Wanted, Money ByHand, Money Ledger, Money Difference, bool Wrong, bool Closed);
}
