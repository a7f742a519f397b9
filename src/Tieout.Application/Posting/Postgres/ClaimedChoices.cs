using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Mapping;
using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;

namespace Tieout.Application.Posting.Postgres;

/// <summary>
/// The accounts, tax codes and dimensions of postings that were claimed. What may be in the ERP goes, and is asked for, with what it was
/// sent with; all else by the rules in force, which are put on record with it before it leaves.
/// </summary>
internal sealed class ClaimedChoices(NpgsqlConnection connection, NpgsqlTransaction? transaction, DeliveryTarget target, PublishedMapping mapping)
{
    /// <summary>The batch with its documents mapped; unchanged where nothing was ever published for the target.</summary>
    /// <param name="batch">As loaded.</param>
    /// <param name="sending">False when the documents are only asked for: nothing is recorded then.</param>
    public async Task<ClaimedBatch> Apply(ClaimedBatch batch, bool sending)
    {
        var book = mapping.AccountsOf(target.Name);
        var pinned = batch.Postings.Where(posting => posting.ChosenAt is { } at && !(sending && at == posting.Attempts)).ToList();
        var kept = await Kept(pinned);
        if (book.Number == 0 && kept.Count == 0) return batch;

        var anew = book.Number == 0 ? [] : batch.Postings.Except(pinned).ToList();
        var facts = await PostingFacts.Load(
            connection, transaction, anew.ConvertAll(posting => new FactsWanted(posting.DocumentId, posting.BillingAccountId, posting.DocumentKind)));
        var map = new DocumentMap(book, target.Settings);
        var documents = batch.Documents.ToArray();
        var chosen = new List<(ClaimedPosting Posting, IReadOnlyList<Choice> Choices)>();
        var unmapped = new Dictionary<Guid, Finding>();
        foreach (var (index, posting) in batch.Postings.Index())
        {
            if (kept.TryGetValue(posting.Id, out var choices)) documents[index] = DocumentMap.Again(documents[index], choices);
            if (!facts.TryGetValue(posting.DocumentId, out var known)) continue;
            var mapped = map.Of(documents[index], known);
            documents[index] = mapped.Document;
            if (mapped.Findings.Count > 0) unmapped[posting.Id] = mapped.Findings[0];
            else chosen.Add((posting, mapped.Choices));
        }
        foreach (var (index, document) in documents.Index())
            if (document is ErpEntry entry) documents[index] = entry.Summed();
        if (!sending) return batch with { Documents = documents };
        await Record(chosen);
        await Free(unmapped.Keys);
        return batch with { Documents = documents, Unmapped = unmapped };
    }

    // Those that were sent while nothing was published have none on record: their target's settings chose.
    private async Task<Dictionary<Guid, IReadOnlyList<Choice>>> Kept(IReadOnlyList<ClaimedPosting> postings) => postings.Count == 0 ? [] : (await connection
        .QueryAsync<(Guid Id, string Choices)>(
            """
            select choice.posting_id, choice.choices::text
            from unnest(@ids, @attempts) as wanted (id, attempt)
            join mapping.choice on choice.posting_id = wanted.id and choice.attempt = wanted.attempt
            """,
            new { ids = postings.Select(posting => posting.Id).ToArray(), attempts = postings.Select(posting => posting.ChosenAt!.Value).ToArray() },
            transaction))
        .ToDictionary(row => row.Id, row => (IReadOnlyList<Choice>)JsonSerializer.Deserialize<List<Choice>>(row.Choices, JsonSerializerOptions.Web)!);

    // They are not sent: nothing of theirs can be in the ERP, even if this program dies before it can say so.
    private async Task Free(IReadOnlyCollection<Guid> unmapped)
    {
        if (unmapped.Count > 0)
            await connection.ExecuteAsync("update posting.posting set chosen_at = null where id = any(@ids)", new { ids = unmapped.ToArray() }, transaction);
    }

    private async Task Record(List<(ClaimedPosting Posting, IReadOnlyList<Choice> Choices)> chosen)
    {
        if (chosen.Count == 0) return;
        await connection.ExecuteAsync(
            """
            insert into mapping.choice (posting_id, billing_account_id, attempt, target, choices)
            select id, account, attempt, @target, choices::jsonb from unnest(@ids, @accounts, @attempts, @choices) as new (id, account, attempt, choices)
            """,
            new
            {
                target = target.Name,
                ids = chosen.ConvertAll(one => one.Posting.Id).ToArray(),
                accounts = chosen.ConvertAll(one => one.Posting.BillingAccountId).ToArray(),
                attempts = chosen.ConvertAll(one => one.Posting.Attempts).ToArray(),
                choices = chosen.ConvertAll(one => JsonSerializer.Serialize(one.Choices, JsonSerializerOptions.Web)).ToArray(),
            }, transaction);
    }
}
