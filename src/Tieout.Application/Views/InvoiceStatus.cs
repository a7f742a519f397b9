using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain;

namespace Tieout.Application.Views;

/// <summary>Where a document stands, over all ERPs.</summary>
/// <param name="Asked">As it was asked.</param>
/// <param name="Documents">Mostly one; an ERP's number may be given in several ERPs. A payment comes with all that became of it.</param>
public sealed record InvoiceStatusAnswer(string Asked, IReadOnlyList<DocumentStatus> Documents);

/// <summary>One document.</summary>
/// <param name="Kind">Such as <c>invoice</c>, <c>credit-memo</c> or <c>write-off</c>.</param>
/// <param name="Number">Our number, which is its business key.</param>
/// <param name="Customer">Code of the customer; empty for an entry that concerns none or several.</param>
/// <param name="Open">What an invoice still asks for; negative where the customer has a credit on it, null for what asks for nothing by itself.</param>
/// <param name="Says">Where it stands, in words.</param>
/// <param name="Postings">Its deliveries: one to each ERP it goes to.</param>
public sealed record DocumentStatus(
    string Kind, string Number, Guid Id, string Entity, AccountingMonth Month, string Customer, string CustomerName, Money Total,
    Money? Open, DateOnly? IssuedOn, DateOnly? DueOn,
    string Says, IReadOnlyList<PostingStatus> Postings);

/// <summary>The delivery of a document to one ERP.</summary>
/// <param name="Target">Empty while no route has picked one.</param>
/// <param name="Says">Where it stands, in words.</param>
/// <param name="LastOutcome">What the last attempt came to; empty when there was none or it is under way.</param>
/// <param name="Exceptions">What is open about it.</param>
public sealed record PostingStatus(
    Guid Id, string Target, string State, string Says, string ErpNumber, string ErpId, string RulesVersion, int Attempts, string LastOutcome, string LastDetail,
    DateTimeOffset? SentAt, DateTimeOffset ChangedAt, IReadOnlyList<OpenCase> Exceptions);

/// <summary>An open exception.</summary>
public sealed record OpenCase(Guid Id, string Code, string Cause, string Queue, string Assigned);

/// <summary>Finds a document by whatever id somebody has of it: our number, the document's, posting's or correlation id, or the ERP's number or id.</summary>
public sealed class ReadInvoiceStatus(NpgsqlDataSource database)
{
    private const int Most = 20;

    private const string ByText =
        """
        -- The targets there are, by hopping through the index.
        with recursive target (name) as (
          select min(target) from posting.posting where erp_number is not null
          union all
          select (select min(p.target) from posting.posting p where p.erp_number is not null and p.target > target.name)
          from target where target.name is not null)
        select document_id from posting.posting where tenant = 1 and business_key = upper(@text)
        union select document_id from posting.posting where tenant = 1 and business_key = @text
        union select id from invoicing.invoice where tenant = 1 and number = upper(@text)
        union select p.document_id from target join posting.posting p on p.target = target.name and p.erp_number = @text
        union select document_id from posting.posting where erp_id = @text
        limit @Most
        """;

    private const string ByUuid =
        """
        select document_id from posting.posting where id = @id
        union select document_id from posting.posting where document_id = @id
        union select id from invoicing.invoice where correlation_id = @id -- its posting has the same
        union select document_id from posting.posting where correlation_id = @id and document_kind not in ('invoice', 'credit-memo')
        limit @Most
        """;

    /// <summary>What is known; null when nothing has the id.</summary>
    public async Task<InvoiceStatusAnswer?> Run(string asked, CancellationToken cancel)
    {
        var text = asked.Trim();
        var documents = Guid.TryParse(text, out var id)
            ? await database.Rows<Guid>(ByUuid, new { id, Most }, cancel)
            : await database.Rows<Guid>(ByText, new { text, Most }, cancel);
        if (documents.Count == 0) return null;
        documents = await SameMoney.With(database, documents, cancel);
        var rows = await database.Rows<Row>(
            """
            select p.id, p.document_kind as kind, p.business_key as number, p.document_id, entity.code as entity, p.month, coalesce(customer.code, '') as customer,
                   coalesce(customer.name, '') as customer_name, p.currency, coalesce(invoice.total, p.amount) as total,
                   (select o.open from invoicing.open_amount o where o.id = invoice.id) as open, invoice.issue_date, invoice.due_date,
                   coalesce(p.target, '') as target, p.state, coalesce(p.erp_number, '') as erp_number, coalesce(p.erp_id, '') as erp_id,
                   coalesce(p.rules_version, '') as rules_version, p.attempts, coalesce(attempt.outcome, '') as last_outcome,
                   coalesce(attempt.detail, '') as last_detail, p.sent_at, p.changed_at
            from posting.posting p
            join customers.legal_entity entity on entity.id = p.legal_entity_id
            left join invoicing.invoice on invoice.id = p.document_id and invoice.billing_account_id = p.billing_account_id
            left join customers.billing_account account on account.id = p.billing_account_id
            left join customers.customer on customer.id = account.customer_id
            left join posting.attempt on attempt.posting_id = p.id and attempt.number = p.attempts
            where p.document_id = any(@documents)
            order by p.id
            """, new { documents = documents.ToArray() }, cancel);
        var cases = (await database.Rows<CaseRow>(
            """
            select subject_key, id, code, cause, queue, owner as assigned from exceptions.exception_case
            where subject_kind = 'posting' and subject_key = any(@keys) and state = 'open' order by id
            """, new { keys = rows.Select(row => row.Number).ToArray() }, cancel)).ToLookup(row => row.SubjectKey, StringComparer.Ordinal);
        return new InvoiceStatusAnswer(text, [.. rows.GroupBy(row => row.DocumentId).Select(group => Shown([.. group], cases))]);
    }

    private static DocumentStatus Shown(IReadOnlyList<Row> rows, ILookup<string, CaseRow> cases)
    {
        var first = rows[0];
        var postings = rows.Select(row => new PostingStatus(
            row.Id, row.Target, row.State, Says(row), row.ErpNumber, row.ErpId, row.RulesVersion, row.Attempts, row.LastOutcome, row.LastDetail, row.SentAt,
            row.ChangedAt, [.. cases[row.Number].Select(one => new OpenCase(one.Id, one.Code, one.Cause, one.Queue, one.Assigned))])).ToList();
        return new DocumentStatus(
            first.Kind, first.Number, first.DocumentId, first.Entity, AccountingMonth.Of(first.Month), first.Customer, first.CustomerName,
            Cash.Of(first.Total, first.Currency),
            first.Open is { } open ? Cash.Of(open, first.Currency) : null, first.IssueDate, first.DueDate, string.Join(' ',
                postings.Select(posting => posting.Says)), postings);
    }

    private static string Says(Row row) => row.State switch
    {
        "staged" => "It stands in our books and waits for its turn, its route or its customer.",
        "ready" => $"It waits to be sent to {row.Target}.",
        "sending" => $"It is being sent to {row.Target} at this moment.",
        "posted" => $"{row.Target} holds it as {row.ErpNumber}.",
        "in-doubt" => $"It was sent to {row.Target} and no answer came; {row.Target} is asked for it before anything is sent again.",
        "parked" => "It is not in the ERP: something stops it, and a person has to see to it.",
        _ => "It was cancelled and goes to no ERP.",
    };

    private sealed record Row(
        Guid Id, string Kind, string Number, Guid DocumentId, string Entity, DateOnly Month, string Customer, string CustomerName, string Currency, decimal Total,
        decimal? Open, DateOnly? IssueDate, DateOnly? DueDate, string Target, string State, string ErpNumber, string ErpId, string RulesVersion,
            int Attempts, string LastOutcome,
        string LastDetail, DateTimeOffset? SentAt, DateTimeOffset ChangedAt);

    private sealed record CaseRow(string SubjectKey, Guid Id, string Code, string Cause, string Queue, string Assigned);
}
