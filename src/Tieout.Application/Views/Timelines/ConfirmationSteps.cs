using System.Globalization;
using Npgsql;
using Tieout.Application.Database;

namespace Tieout.Application.Views.Timelines;

/// <summary>What an ERP that books in its own time said of a document by itself.</summary>
internal sealed class ConfirmationSteps(NpgsqlDataSource database)
{
    /// <summary>In the order they came; none where the ERP says nothing by itself.</summary>
    public async Task<IEnumerable<Step>> Of(PostingRow posting, CancellationToken cancel) => posting.Target is null ? [] :
        (await database.Rows<ToldRow>(
            """
            select told.says, told.erp_number, told.reference, told.message, told.received_at, m.treatment,
                   coalesce((select string_agg(trim(note->>'type' || ' ' || (note->>'text')), '; ') from jsonb_array_elements(told.notes) note), '') as notes
            from posting.confirmation_due due
            join posting.confirmation told using (tenant, target, reference)
            join posting.confirmation_message m on m.id = told.message
            where due.tenant = 1 and due.target = @Target and due.business_key = @BusinessKey
            order by told.received_at, told.message, told.position
            limit 100
            """, new { posting.Target, posting.BusinessKey }, cancel)).Select(row => Step(row, posting));

    private static Step Step(ToldRow row, PostingRow posting) => new(
        StepKind.Attempt, row.Says switch { "booked" => StepState.Done, "on-its-way" => StepState.Gap, _ => StepState.Trouble }, row.ReceivedAt,
        $"Confirmation: {Title(row)}",
        $"{posting.Target} told so by itself. It is believed as far as its books show the same.{(row.Notes.Length > 0 ? " It says: " + row.Notes : "")}")
    {
        Facts = [new("Reference", row.Reference, IsId: true), new("Message", row.Message.ToString())],
    };

    private static string Title(ToldRow row) => row.Says switch
    {
        "booked" => string.Create(CultureInfo.InvariantCulture, $"booked as {row.ErpNumber}"),
        "refused" => "refused",
        "on-its-way" => "the ERP works on it",
        _ => "contradicts itself",
    };

    private sealed record ToldRow(string Says, string? ErpNumber, string Reference, Guid Message, DateTimeOffset ReceivedAt, string Treatment, string Notes);
}
