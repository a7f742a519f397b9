using System.Globalization;
using Npgsql;
using Tieout.Application.Database;

namespace Tieout.Application.Views.Timelines;

/// <summary>Which engine taxed a document, under which quote, and whether it keeps the document.</summary>
internal sealed class TaxFacts(NpgsqlDataSource database)
{
    /// <summary>Empty for a document that our own table taxed and no engine is told of.</summary>
    public async Task<IReadOnlyList<Fact>> Of(Guid invoice, CancellationToken cancel)
    {
        var rows = await database.Rows<Row>(
            """
            select quote.engine, quote.id as quote, quote.answered_at, told.engine as told_to, told.operation, told.state
            from (select @invoice::uuid as id) document
            left join tax.quoted_invoice tied on tied.invoice_id = document.id
            left join tax.quote on quote.id = tied.quote_id
            left join tax.commitment told on told.invoice_id = document.id
            """, new { invoice }, cancel);
        var row = rows[0];
        List<Fact> facts = [];
        if (row.Quote is { } quote)
        {
            facts.Add(new Fact("Taxed by", string.Create(CultureInfo.InvariantCulture, $"{row.Engine}, answered {row.AnsweredAt:yyyy-MM-dd HH:mm} UTC")));
            facts.Add(new Fact("Tax quote", quote.ToString(), IsId: true));
        }
        if (row.ToldTo is { } engine) facts.Add(new Fact(row.Operation == "void" ? "Voided in tax engine" : "Told to tax engine", $"{engine}: {row.State}"));
        return facts;
    }

    private sealed record Row(string? Engine, Guid? Quote, DateTimeOffset? AnsweredAt, string? ToldTo, string? Operation, string? State);
}
