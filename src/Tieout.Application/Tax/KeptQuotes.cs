using System.Globalization;
using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain.Tax;

namespace Tieout.Application.Tax;

/// <summary>What engines answered, as it is kept: <c>tax.quote</c> with its lines. Never changed, never asked again.</summary>
internal static class KeptQuotes
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Those that answer what is wanted, by fingerprint.</summary>
    public static async Task<IReadOnlyDictionary<string, (Guid Id, TaxQuote Quote)>> Load(
        NpgsqlConnection connection, IReadOnlyCollection<QuoteWanted> wanted, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            """
            select quote.fingerprint, quote.id, quote.tax as told, line.line_no, line.tax, line.parts
            from tax.quote join tax.quote_line line on line.quote_id = quote.id
            where quote.tenant = 1 and quote.fingerprint = any(@fingerprints)
            order by quote.id, line.line_no
            """, new { fingerprints = wanted.Select(item => item.Fingerprint).ToArray() }, cancellationToken: cancel));
        return rows.GroupBy(row => (row.Fingerprint, row.Id, row.Told)).ToDictionary(
            group => group.Key.Fingerprint,
            group => (group.Key.Id, new TaxQuote([.. group.Select(Read)]) { Told = Canonical.Of(group.Key.Told) }), StringComparer.Ordinal);
    }

    /// <summary>Keeps an answer; one that somebody else kept at the same time stands, and this one is forgotten.</summary>
    public static async Task Keep(
        NpgsqlDataSource database, QuoteWanted wanted, Guid id, TaxQuote quote, DateTimeOffset asked, DateTimeOffset answered, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await KeepLines(connection, wanted, id, quote, cancel);
        try
        {
            await connection.ExecuteAsync(new CommandDefinition(
                """
                insert into tax.quote (id, billing_account_id, legal_entity_id, engine, fingerprint, content, issue_date, currency, lines, net, tax,
                  asked_at, answered_at)
                values (@id, @Account, @LegalEntity, @engine, @Fingerprint, @Content, @date, @currency, @lines, @net, @tax, @asked, @answered)
                """,
                new
                {
                    id,
                    wanted.Account,
                    wanted.LegalEntity,
                    engine = wanted.Route.Name,
                    wanted.Fingerprint,
                    wanted.Content,
                    date = wanted.Document.Date,
                    currency = wanted.Document.Currency.Code,
                    lines = wanted.Lines.Count,
                    net = wanted.Document.Net,
                    tax = quote.Tax,
                    asked,
                    answered,
                }, cancellationToken: cancel));
            await transaction.CommitAsync(cancel);
        }
        catch (PostgresException twice) when (twice is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "quote_once" })
        {
            // The same question, answered to another run.
        }
    }

    private static Task KeepLines(NpgsqlConnection connection, QuoteWanted wanted, Guid id, TaxQuote quote, CancellationToken cancel)
    {
        var answers = quote.Lines.ToDictionary(line => line.Number, StringComparer.Ordinal);
        var lines = wanted.Lines.Select((line, index) => (line.Line, Answer: answers[QuoteWanted.Number(index)])).ToList();
        return connection.ExecuteAsync(new CommandDefinition(
            """
            insert into tax.quote_line (quote_id, line_no, billing_account_id, subscription_id, component, part_start, detail, amount, category, tax, parts)
            select @id, no, @Account, subscription, component, start, detail, amount, category, tax, parts::jsonb
            from unnest(@subscriptions, @components, @starts, @details, @amounts, @categories, @taxes, @parts) with ordinality
              as line (subscription, component, start, detail, amount, category, tax, parts, no)
            """,
            new
            {
                id,
                wanted.Account,
                subscriptions = lines.ConvertAll(line => line.Line.Key.Subscription.Value).ToArray(),
                components = lines.ConvertAll(line => line.Line.Key.Component).ToArray(),
                starts = lines.ConvertAll(line => line.Line.Key.From).ToArray(),
                details = lines.ConvertAll(line => line.Line.Key.Detail).ToArray(),
                amounts = lines.ConvertAll(line => line.Line.Amount.Amount).ToArray(),
                categories = lines.ConvertAll(line => line.Line.TaxCategory).ToArray(),
                taxes = lines.ConvertAll(line => line.Answer.Tax).ToArray(),
                parts = lines.ConvertAll(line => JsonSerializer.Serialize(line.Answer.Parts, Json)).ToArray(),
            }, cancellationToken: cancel));
    }

    private static QuotedLine Read(Row row) => new(
        row.LineNo.ToString(CultureInfo.InvariantCulture), Canonical.Of(row.Tax), JsonSerializer.Deserialize<List<QuotedTax>>(row.Parts, Json)!);

    private sealed record Row(string Fingerprint, Guid Id, decimal Told, int LineNo, decimal Tax, string Parts);
}
