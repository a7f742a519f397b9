using System.Globalization;
using Dapper;
using Tieout.Domain;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Invoicing.Stories;

/// <summary>What was booked, as rows of a story's tables <c>dated</c> and <c>in the end</c>.</summary>
internal sealed class StoryBooks(TestDatabase database)
{
    private const string Documents =
        """
        select i.id, i.number, i.kind, i.issue_date, i.due_date, i.currency, i.net, i.tax, i.total, i.books_currency, i.books_net, i.books_tax, i.books_total,
               i.exchange_rate, i.exchange_date, i.exchange_source
        from invoicing.invoice i order by i.issue_date, i.created_at, i.number
        """;

    private const string Lines =
        """
        select l.line_no, l.description, l.period_start, l.period_end, l.convention, l.quantity, l.unit_price, l.amount, l.tax_code, l.tax_rate, l.tax_note
        from invoicing.invoice_line l where l.invoice_id = @id order by l.line_no
        """;

    private const string Groups =
        """
        select t.code, t.rate, t.base, t.tax, t.note, about.number as about
        from invoicing.invoice_tax t left join invoicing.invoice about on about.id = t.about_invoice_id and about.id <> t.invoice_id
        where t.invoice_id = @id order by t.group_no
        """;

    /// <summary>Each document: a row for every line, for every group of tax, and the total.</summary>
    public async Task<List<string>> Booked()
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        List<string> rows = [];
        foreach (var document in await connection.QueryAsync<Document>(Documents))
        {
            string Money(decimal amount) => Amount(amount, document.Currency);
            var (dated, number) = (Day(document.IssueDate), document.Number);
            foreach (var line in await connection.QueryAsync<Line>(Lines, new { document.Id }))
                rows.Add(StoryFile.Line([
                    dated, number, line.LineNo.ToString(CultureInfo.InvariantCulture), line.Words, $"{new ServicePeriod(line.PeriodStart, line.PeriodEnd)}, {line.Convention}",
                    Plain(line.Quantity), line.UnitPrice == 0 ? "" : Plain(line.UnitPrice, 2), Money(line.Amount), Tax(line.TaxCode, line.TaxRate)]));
            foreach (var group in await connection.QueryAsync<Group>(Groups, new { document.Id }))
                rows.Add(StoryFile.Line([
                    dated, number, "tax", group.About is null ? group.Note : $"corrects {group.About}{(group.Note.Length > 0 ? "; " : "")}{group.Note}", "", "", "",
                    Money(group.Base), Tax(group.Code, group.Rate), Money(group.Tax)]));
            rows.Add(StoryFile.Line([dated, number, "total", document.Words, "", "", "", Money(document.Net), "", Money(document.Tax), Money(document.Total)]));
        }
        return rows;
    }

    /// <summary>What every component was billed in all, and the balance of every account of the subledger.</summary>
    public async Task<List<string>> Sums()
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        var sums = await connection.QueryAsync<(string What, string Currency, decimal Amount)>(
            """
            select * from (
              select concat_ws(' ', 'billed:', coalesce(s.code, 'account'), l.component), i.currency, sum(l.amount)
              from invoicing.invoice_line l join invoicing.invoice i on i.id = l.invoice_id left join subscriptions.subscription s on s.id = l.subscription_id
              group by 1, 2 order by 1, 2) billed
            union all select * from (
              select 'balance: ' || account, currency, sum(amount) from ledger.journal_line group by account, currency
              order by array_position(array['receivable', 'tax', 'revenue', 'deferred-revenue'], account), currency) balances
            """);
        return [.. sums.Select(sum => StoryFile.Line([sum.What, $"{Amount(sum.Amount, sum.Currency)} {sum.Currency}"]))];
    }

    private static string Tax(string code, decimal rate) => $"{code} {Plain(rate * 100)} %";

    private static string Amount(decimal amount, string currency) => new Money(amount, Currency.Of(currency)).ToPlain();

    private static string Plain(decimal value, int least = 0) => value.ToString(least == 0 ? "0.############" : "0.00##########", CultureInfo.InvariantCulture);

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private sealed record Document(
        Guid Id, string Number, string Kind, DateOnly IssueDate, DateOnly DueDate, string Currency, decimal Net, decimal Tax, decimal Total, string? BooksCurrency,
        decimal? BooksNet, decimal? BooksTax, decimal? BooksTotal, decimal? ExchangeRate, DateOnly? ExchangeDate, string? ExchangeSource)
    {
        public string Words => Kind == "credit-memo" ? $"credit memo{InBooks}" : $"invoice, due {Day(DueDate)}{InBooks}";

        private string InBooks => BooksCurrency is null ? "" :
            $"; in the books {Amount(BooksNet!.Value, BooksCurrency)} + {Amount(BooksTax!.Value, BooksCurrency)} = {Amount(BooksTotal!.Value, BooksCurrency)} {BooksCurrency}"
            + $" at {Plain(ExchangeRate!.Value)} of {Day(ExchangeDate!.Value)}, {ExchangeSource}";
    }

    private sealed record Line(
        int LineNo, string Description, DateOnly PeriodStart, DateOnly PeriodEnd, string Convention, decimal Quantity, decimal UnitPrice, decimal Amount,
        string TaxCode, decimal TaxRate, string TaxNote)
    {
        public string Words => TaxNote.Length == 0 ? Description : $"{Description}. {TaxNote}";
    }

    private sealed record Group(string Code, decimal Rate, decimal Base, decimal Tax, string Note, string? About);
}
