using System.Text.Json;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Application.Mapping;
using Tieout.Domain;

namespace Tieout.Application.Views;

/// <summary>One posting: where it stands, and which rules chose what.</summary>
/// <param name="Key">The document's number.</param>
/// <param name="DocumentKind">Such as <c>invoice</c>.</param>
/// <param name="State">Of the posting.</param>
/// <param name="Target">Empty while no route has picked one.</param>
/// <param name="RoutedBy">What picked it, in words; empty while nothing has.</param>
/// <param name="Versions">The target's settings and the mapping versions it went under, or would now.</param>
/// <param name="Amount">What it does to what customers owe.</param>
/// <param name="ErpNumber">The ERP's document; empty while there is none.</param>
/// <param name="Choices">Each account, tax code and dimension with what chose it; empty before it was sent.</param>
public sealed record PostingChoices(
    string Key, string DocumentKind, string State, string Target, string RoutedBy, string Versions, Money Amount, string ErpNumber, IReadOnlyList<Choice> Choices);

/// <summary>Reads what was chosen for a posting.</summary>
public sealed class ReadPostingChoices(NpgsqlDataSource database)
{
    /// <summary>By the document's number; null when there is no such posting.</summary>
    public async Task<PostingChoices?> Run(string key, CancellationToken cancel)
    {
        var row = await database.Row<Row>(
            """
            select p.business_key, p.document_kind, p.state, coalesce(p.target, '') as target, p.routed_by, coalesce(p.rules_version, '') as rules_version,
                   p.currency, p.amount, coalesce(p.erp_number, '') as erp_number, p.document_id,
                   p.sent_at is not null as sent, choice.choices::text as choices
            from posting.posting p
            left join mapping.choice on choice.posting_id = p.id and choice.attempt = coalesce(p.chosen_at, (
              select max(attempt) from mapping.choice last where last.posting_id = p.id))
            where p.business_key = @key and p.tenant = 1
            """, new { key }, cancel);
        if (row is null) return null;
        return new PostingChoices(
            row.BusinessKey, row.DocumentKind, row.State, row.Target, row.RoutedBy, row.RulesVersion, Cash.Of(row.Amount, row.Currency), row.ErpNumber,
            row.Choices is { } choices ? JsonSerializer.Deserialize<List<Choice>>(choices, JsonSerializerOptions.Web)!
                : row.Sent ? await OfSettings(row, cancel) : []);
    }

    // No rules were published when it was sent: its target's settings chose, by our ledger account.
    private async Task<IReadOnlyList<Choice>> OfSettings(Row row, CancellationToken cancel)
    {
        var version = row.RulesVersion.Split(' ')[0];
        var accounts = await database.Rows<(int No, string Account, string Theirs)>(
            """
            select min(line.line_no), line.account, used.rules -> 'accounts' ->> line.account
            from ledger.journal_entry entry
            join ledger.journal_line line on line.entry_id = entry.id
            join posting.target_version used on used.target = @Target and used.version = @version
            where (entry.id = @DocumentId or entry.source_id = @DocumentId and entry.source_kind in ('invoice', 'credit-memo'))
              and used.rules -> 'accounts' ->> line.account is not null and line.amount <> 0
            group by 2, 3 order by 1
            """, new { row.Target, version, row.DocumentId }, cancel);
        return [.. accounts.Select(line => new Choice("ledger", line.No, "account", line.Account, line.Theirs, $"targets file, {version}", Ruled: false))];
    }

    private sealed record Row(
        string BusinessKey, string DocumentKind, string State, string Target, string RoutedBy, string RulesVersion, string Currency, decimal Amount,
        string ErpNumber, Guid DocumentId, bool Sent, string? Choices);
}
