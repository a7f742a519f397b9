using System.Collections.ObjectModel;
using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Mapping;
using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;

namespace Tieout.Application.Posting.Postgres;

/// <summary>
/// The accounts, tax codes and dimensions of postings that were claimed. What may be in the ERP goes, and is asked for, with what it was
/// sent with; all else by the rules in force, which are put on record with it before it leaves. What a person has set goes before every rule.
/// </summary>
internal sealed class ClaimedChoices(NpgsqlConnection connection, NpgsqlTransaction? transaction, DeliveryTarget target, PublishedMapping mapping)
{
    /// <summary>The documents as they go out, or are asked for; what was chosen for those that go is on record then.</summary>
    /// <param name="postings">Claimed.</param>
    /// <param name="loaded">Their documents, in the same order.</param>
    /// <param name="sending">False when the documents are only asked for: nothing is recorded then.</param>
    public async Task<ClaimedBatch> Apply(IReadOnlyList<ClaimedPosting> postings, LoadedDocuments loaded, bool sending)
    {
        var (batch, chosen) = await Chosen(postings, loaded, sending);
        if (!sending) return batch with { Unmapped = ReadOnlyDictionary<Guid, Finding>.Empty };
        await Record(chosen);
        await Free([.. batch.Unmapped.Keys]);
        return batch;
    }

    /// <summary>The same without any record: as they would go out now.</summary>
    public async Task<ClaimedBatch> Try(IReadOnlyList<ClaimedPosting> postings, LoadedDocuments loaded) => (await Chosen(postings, loaded, sending: false)).Batch;

    private async Task<(ClaimedBatch Batch, List<(ClaimedPosting Posting, IReadOnlyList<Choice> Choices)> Chosen)> Chosen(
        IReadOnlyList<ClaimedPosting> postings, LoadedDocuments loaded, bool sending)
    {
        var book = mapping.AccountsOf(target.Name);
        var pinned = postings.Where(posting => posting.ChosenAt is { } at && !(sending && at == posting.Attempts)).ToList();
        var kept = await Kept(pinned);
        var anew = book.Number == 0 ? [] : postings.Except(pinned).ToList();
        var facts = await PostingFacts.Load(
            connection, transaction, anew.ConvertAll(posting => new FactsWanted(posting.DocumentId, posting.BillingAccountId, posting.DocumentKind)));
        var map = new DocumentMap(book, target.Settings);
        var documents = loaded.Plain.ToArray();
        var chosen = new List<(ClaimedPosting Posting, IReadOnlyList<Choice> Choices)>();
        var unmapped = new Dictionary<Guid, Finding>();
        foreach (var (index, posting) in postings.Index())
        {
            var set = loaded.SetFor(posting.Id);
            if (facts.TryGetValue(posting.DocumentId, out var known))
            {
                var mapped = map.Of(documents[index], known, set);
                documents[index] = mapped.Document;
                if (mapped.Findings.Count > 0) unmapped[posting.Id] = mapped.Findings[0];
                else chosen.Add((posting, mapped.Choices));
                continue;
            }
            if (kept.TryGetValue(posting.Id, out var choices)) documents[index] = DocumentMap.Again(documents[index], choices);
            if (set.Count > 0) documents[index] = Overrides.Apply(documents[index], set);
        }
        foreach (var (index, document) in documents.Index())
            if (document is ErpEntry entry) documents[index] = entry.Summed();
        return (new ClaimedBatch(Guid.Empty, postings, documents) { Unmapped = unmapped }, chosen);
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
