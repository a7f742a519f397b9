using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Application.Journals;

namespace Tieout.Application.Payments;

/// <summary>What stands already of payments that are reported: under their keys, and under the references of their sources.</summary>
internal sealed class StandingPayments
{
    private const string Columns =
        """
        select p.id, m.entry_id as entry, posting.business_key as number, p.content_hash as hash,
               exists (select from cash.movement back where back.reverses = m.id) as reversed, p.billing_account_id as account, p.source, p.reference
        """;

    private const string Joined = "join cash.movement m on m.id = p.id join posting.posting on posting.document_id = m.entry_id";

    private readonly Dictionary<string, GivenOnce.Earlier> _keys;
    private readonly Dictionary<Guid, Row> _booked;
    private readonly Dictionary<(Guid Account, string Source, string Reference), Row> _references;

    private StandingPayments(Dictionary<string, GivenOnce.Earlier> keys, IEnumerable<Row> booked, IEnumerable<Row> referred)
    {
        _keys = keys;
        _booked = booked.DistinctBy(row => row.Id).ToDictionary(row => row.Id);
        _references = referred.DistinctBy(row => row.Id).ToDictionary(row => (row.Account, row.Source, row.Reference));
    }

    /// <summary>The accounts are locked.</summary>
    public static async Task<StandingPayments> Load(
        NpgsqlConnection connection, IReadOnlyList<PaymentToBook> payments, Dictionary<string, CashAccount> accounts, CancellationToken cancel)
    {
        var keys = await GivenOnce.Find(connection, [.. payments.Select(one => (one.Key, one.Request.Content))], cancel);
        var booked = await connection.QueryAsync<Row>(new CommandDefinition(
            $"{Columns} from unnest(@ids) as said (id) join cash.payment p on p.id = said.id {Joined}",
            new { ids = keys.Values.OfType<GivenOnce.Earlier.Same>().Select(same => same.Document).ToArray() }, cancellationToken: cancel));
        var of = payments.Where(one => accounts.ContainsKey(one.Request.Account)).ToList();
        var referred = await connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            {Columns} from unnest(@ids, @sources, @references) as said (account, source, reference)
            join cash.payment p on p.tenant = 1 and p.billing_account_id = said.account and p.source = said.source and p.reference = said.reference {Joined}
            """,
            new
            {
                ids = of.Select(one => accounts[one.Request.Account].Id).ToArray(),
                sources = of.Select(one => one.Request.Source).ToArray(),
                references = of.Select(one => one.Request.Reference).ToArray(),
            }, cancellationToken: cancel));
        return new StandingPayments(keys, booked, referred);
    }

    /// <summary>What is to be answered without booking anything; null for a payment that is new.</summary>
    /// <param name="again">Gets the key of one that stands under another key: from now on the key stands for its content, as one does that booked it.</param>
    public PaymentAnswer? Of(PaymentToBook payment, CashAccount account, List<(string Key, string Content, Guid Document)> again)
    {
        switch (_keys.GetValueOrDefault(payment.Key))
        {
            case GivenOnce.Earlier.Other:
                return No(GivenOnce.Refused.Field, GivenOnce.Refused.Code, GivenOnce.Refused.Reason, GivenOnce.Refused.Remedy);
            case GivenOnce.Earlier.Same(var document):
                return Again(_booked[document]);
            default: break;
        }
        var request = payment.Request;
        if (!_references.TryGetValue((account.Id, request.Source, request.Reference), out var known)) return null;
        if (known.Reversed)
            return No(
                "reference", "payment-reversed", $"this source reported it as {known.Number}, which was taken back",
                "If the money is there, report it under another reference.");
        if (!string.Equals(known.Hash, request.ContentHash, StringComparison.Ordinal))
            return No(
                "reference", "reference-used", $"this source reported other money under this reference, {known.Number}",
                "Correct the reference, or reverse that payment and report this one under another.");
        again.Add((payment.Key, request.Content, known.Id));
        return Again(known);
    }

    private static PaymentAnswer.Booked Again(Row row) => new(row.Entry, row.Number, Again: true);

    private static PaymentAnswer.Refused No(string field, string code, string reason, string remedy) => new(new JournalOutcome.Refused(field, code, reason, remedy));

    private sealed record Row(Guid Id, Guid Entry, string Number, string Hash, bool Reversed, Guid Account, string Source, string Reference);
}
