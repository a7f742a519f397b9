using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Connectors.Port;
using Tieout.Domain;

namespace Tieout.Application.Confirmations;

/// <summary>What became of a message that an ERP sent by itself.</summary>
public abstract record ConfirmationOutcome
{
    private ConfirmationOutcome() { }

    /// <summary>It is kept, and what it is about is looked up at once.</summary>
    /// <param name="Documents">It tells of so many.</param>
    /// <param name="Unknown">Of these so many that we never sent.</param>
    public sealed record Taken(int Documents, int Unknown) : ConfirmationOutcome;

    /// <summary>The same, byte for byte, came before. What it is about is looked up at once all the same: nobody knows how far we came then.</summary>
    public sealed record Doubled : ConfirmationOutcome;

    /// <summary>It is kept, and nothing follows from it.</summary>
    public sealed record Malformed(string Reason) : ConfirmationOutcome;
}

/// <summary>
/// Takes a message in that an ERP sent by itself about documents it books in its own time. It is evidence, not proof: all that follows from it is that the ERP
/// is asked at once, and why something is not there. See docs/targets.md.
/// </summary>
public sealed class TakeConfirmation(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Largest message: several thousand documents with their messages.</summary>
    public const int MostBytes = 4 * 1024 * 1024;

    // What somebody has locked is asked for anew after this pause, so many times; then it is waited for.
    private const int Passes = 20;
    private static readonly TimeSpan BetweenPasses = TimeSpan.FromMilliseconds(20);

    /// <summary>Keeps it and sees to what it is about. Whether the sender may speak for the target is the caller's to know.</summary>
    public async Task<ConfirmationOutcome> Run(TargetSettings target, byte[] message, CancellationToken cancel)
    {
        var reading = ErpConfirmations.Read(target, message);
        var told = (reading as ConfirmationReading.Told)?.Confirmations ?? [];
        await using var connection = await database.OpenConnectionAsync(cancel);
        var doubled = await Keep(connection, target.Name, message, reading, cancel);
        if (reading is ConfirmationReading.Malformed malformed) return new ConfirmationOutcome.Malformed(malformed.Reason);
        var keys = await KeysOf(connection, target.Name, told, cancel);
        await LookAtOnce(connection, target.Name, [.. keys.Values.Distinct(StringComparer.Ordinal)]);
        if (doubled) return new ConfirmationOutcome.Doubled();
        return new ConfirmationOutcome.Taken(told.Count, told.Count(one => !keys.ContainsKey(one.Reference)));
    }

    private async Task<bool> Keep(NpgsqlConnection connection, string target, byte[] message, ConfirmationReading reading, CancellationToken cancel)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(message));
        var id = Guid.CreateVersion7(clock.GetUtcNow());
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var treatment = await connection.QuerySingleAsync<string>(
            """
            insert into posting.confirmation_message (id, target, received_at, treatment, problem, digest, body)
            values (@id, @target, clock_timestamp(),
                    case when @problem <> '' then 'malformed'
                         when exists (select from posting.confirmation_message where tenant = 1 and target = @target and digest = @digest) then 'doubled'
                         else 'taken' end,
                    @problem, @digest, @message)
            returning treatment
            """,
            new { id, target, problem = (reading as ConfirmationReading.Malformed)?.Reason ?? "", digest, message }, transaction);
        if (treatment == "taken") await KeepTold(connection, transaction, id, target, ((ConfirmationReading.Told)reading).Confirmations);
        // Not cancelled: what an ERP has told is kept even when it does not wait for our answer.
        await transaction.CommitAsync(CancellationToken.None);
        return treatment == "doubled";
    }

    private static Task KeepTold(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Guid message, string target, IReadOnlyList<Confirmation> told) => connection.ExecuteAsync(
        """
        insert into posting.confirmation (message, position, target, reference, says, erp_number, erp_id, notes, received_at)
        select @message, position, @target, reference, says, erp_number, erp_id, notes::jsonb, clock_timestamp()
        from unnest(@positions, @references, @says, @numbers, @ids, @notes) as new (position, reference, says, erp_number, erp_id, notes)
        """,
        new
        {
            message,
            target,
            positions = Enumerable.Range(0, told.Count).ToArray(),
            references = told.Select(one => one.Reference).ToArray(),
            says = told.Select(one => Words.Of(one.As)).ToArray(),
            numbers = told.Select(one => one.Document?.Number).ToArray(),
            ids = told.Select(one => one.Document?.Id).ToArray(),
            notes = told.Select(one => JsonSerializer.Serialize(one.Notes, JsonSerializerOptions.Web)).ToArray(),
        }, transaction);

    private static async Task<Dictionary<string, string>> KeysOf(
        NpgsqlConnection connection, string target, IReadOnlyList<Confirmation> told, CancellationToken cancel) =>
        (await connection.QueryAsync<(string Reference, string Key)>(new CommandDefinition(
            "select reference, business_key from posting.confirmation_due where tenant = 1 and target = @target and reference = any(@references)",
            new { target, references = told.Select(one => one.Reference).ToArray() }, cancellationToken: cancel)))
        .ToDictionary(row => row.Reference, row => row.Key, StringComparer.Ordinal);

    /// <summary>
    /// What lies in doubt is looked up now, not after its pause. What somebody has in hand is done so when it is put down, by a trigger, which sees this message
    /// once it is committed; one that is being put down at this moment is waited for. All that nobody has locked at once; nothing is waited for while
    /// anything is held, so nobody is ever locked out by another.
    /// </summary>
    private async Task LookAtOnce(NpgsqlConnection connection, string target, string[] keys)
    {
        var left = (await connection.QueryAsync<Guid>(
            "select id from posting.posting where tenant = 1 and business_key = any(@keys) and target = @target and state in ('sending', 'in-doubt')",
            new { keys, target })).ToHashSet();
        for (var pass = 0; left.Count > 0 && pass < Passes; pass++)
        {
            if (pass > 0) await Task.Delay(BetweenPasses, clock);
            left.ExceptWith(await BringForward(connection, [.. left], "skip locked"));
        }
        foreach (var id in left) await BringForward(connection, [id], "");
    }

    /// <summary>The ids it got hold of: those in doubt are due now; of the others there is nothing to be done.</summary>
    private static Task<IEnumerable<Guid>> BringForward(NpgsqlConnection connection, Guid[] ids, string wait) => connection.QueryAsync<Guid>(
        $"""
        with mine as materialized (
          select id, billing_account_id, state, claim from posting.posting where tenant = 1 and id = any(@ids) for update {wait}),
        moved as (
          update posting.posting p set not_before = clock_timestamp()
          from mine
          where p.id = mine.id and p.billing_account_id = mine.billing_account_id and mine.state = 'in-doubt' and mine.claim is null
            and p.not_before > clock_timestamp())
        select id from mine
        """, new { ids });
}
